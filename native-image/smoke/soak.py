"""A node under load for as long as one likes: soak.py BENCH NODE SECONDS. In TAP.

pantheon-bench offers transactions over memif; meanwhile the node's telemetry is asked every five seconds how many buffers
its mempools have given out, and the kernel how much memory it has. Neither may grow: a buffer that a frame in a million does
not give back is seen here and nowhere else."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from telemetry import ask

# What a slow machine answers in time, and still a million transactions in a minute.
RATE, CONNECTIONS, EVERY_SECONDS = 20000, 100, 5
# What is under way comes and goes, what is lost stays: the fewest buffers that were out within a minute grow with it. 8 of
# the 24 million frames of ten minutes.
LOST_BUFFERS = 8
# Of the C library's and DPDK's own, after the first minute.
MEMORY_KIB = 2048


def children(pid):
    return [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def runtime_folder(pid):
    """RUNTIME_DIRECTORY of the node that the benchmark has started, once it has become one."""
    words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return next((word.partition("=")[2] for word in words if word.startswith("RUNTIME_DIRECTORY=")), None)


def sample(pid, telemetry):
    """Buffers that are given out, and KiB of memory."""
    out = sum(pool["size"] - pool["free"] for pool in ask(telemetry, "/pantheon/buffers").values())
    status = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1]
    return out, int(status.split()[0])


def watch(bench):
    """Samples from the node's first answer to its end."""
    samples = []
    while bench.poll() is None:
        time.sleep(EVERY_SECONDS)
        for pid in children(bench.pid):
            try:
                folder = runtime_folder(pid)
                samples.append(sample(pid, f"{folder}/dpdk/rte/dpdk_telemetry.v2"))
            except (OSError, KeyError, IndexError, ValueError):
                continue  # not a node yet, or no node any more
    return samples


def main():
    program, node, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "soak.json")
        words = [program, "tx-throughput", "--backend", "dpdk", "--duration", f"{seconds}s", "--json", str(report)]
        words += ["--connections", str(CONNECTIONS), "--tx-rate", str(RATE), "--max-steal", "100%"]
        environment = {**os.environ, "PATH": f"{node.parent}:{os.environ['PATH']}"}
        with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as bench:
            samples = watch(bench)
            complaint = bench.stderr.read()[-400:]
        side = json.loads(report.read_text())["dpdk"] if report.exists() else {"offered": 0, "received": 0, "lost": -1}
    told(seconds, samples, side, bench.returncode, complaint)


def told(seconds, samples, side, code, complaint):
    buffers, memory = [one[0] for one in samples], [one[1] for one in samples]
    settled = max(1, min(12, len(samples) // 4))  # a minute, or a quarter of a short one
    sentences = {
        "the benchmark ends well": code in (0, 75),
        "the node was asked all the while": len(samples) >= seconds // EVERY_SECONDS // 2,
        "99 of 100 transactions are answered": side["received"] >= 0.99 * RATE * seconds,
        "no buffer is lost": samples and min(buffers[-settled:]) - min(buffers[:settled]) <= LOST_BUFFERS,
        "memory does not grow": samples and max(memory[settled:]) - max(memory[:settled]) <= MEMORY_KIB,
    }
    print(f"# {side['received']} of {RATE * seconds} answered in {seconds} s, {side['lost']} lost; {len(samples)} samples")
    if samples:
        print(f"# buffers out {min(buffers)} to {max(buffers)}; memory {memory[0]} to {memory[-1]} KiB")
    for number, (sentence, holds) in enumerate(sentences.items(), 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {sentence}")
    print(f"1..{len(sentences)}")
    if not all(sentences.values()):
        print(f"# {complaint}")
        sys.exit(1)


main()
