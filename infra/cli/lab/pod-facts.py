"""What a worker's kernel and a pod itself tell of a container of the data plane: pod-facts.py CONTAINER_ID POD_ADDRESS METRICS_PORT

Prints one object of JSON. Runs on the worker as root, from standard input; nothing is changed and nothing stays.
"""

import json
import os
import re
import sys
import urllib.request

CAPABILITIES = {12: "NET_ADMIN", 13: "NET_RAW", 14: "IPC_LOCK", 17: "SYS_RAWIO", 21: "SYS_ADMIN", 23: "SYS_NICE", 39: "BPF"}
SECCOMP = {"0": "none", "1": "strict", "2": "filter"}


def main(container: str, address: str, port: str) -> None:
    pid = process_of(container)
    if pid is None:
        sys.exit(f"no process of container {container[:12]} runs here")
    print(json.dumps({**of_process(pid), **counters(f"http://{address}:{port}/metrics")}))


def process_of(container: str) -> str | None:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if container in read(f"/proc/{pid}/cgroup"):
            return pid
    return None


def of_process(pid: str) -> dict:
    # A process of threads that each keep to a CPU: what all of them may use is of their control group.
    group = "/sys/fs/cgroup" + read(f"/proc/{pid}/cgroup").strip().partition("::")[2]
    status = dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").splitlines() if ":\t" in line)
    variables = dict(one.split("=", 1) for one in read(f"/proc/{pid}/environ").split("\0") if "=" in one)
    return {
        "program": status["Name"],
        "user": int(status["Uid"].split()[0]),
        "cpus": read(f"{group}/cpuset.cpus.effective").strip(),
        "memoryNodes": read(f"{group}/cpuset.mems.effective").strip(),
        "effective": capabilities(status["CapEff"]),
        "bounding": capabilities(status["CapBnd"]),
        "seccomp": SECCOMP.get(status["Seccomp"].strip(), status["Seccomp"].strip()),
        "hugepagesKiB": int(status.get("HugetlbPages", "0 kB").split()[0]),
        "functions": sorted({one for name, value in variables.items() if name.startswith("PCIDEVICE_") for one in addresses(value)}),
    }


def addresses(value: str) -> list[str]:
    return re.findall(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", value)


def capabilities(mask: str) -> list[str]:
    bits = int(mask, 16)
    return [CAPABILITIES.get(bit, f"capability {bit}") for bit in range(64) if bits >> bit & 1]


def counters(address: str) -> dict:
    """Of all peers together. A container whose process starts has none yet."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
    except OSError as error:
        return {"sent": 0, "received": 0, "links": [], "metrics": str(error)}
    return {
        "sent": total(text, "pantheon_peer_sent_datagrams_total"),
        "received": total(text, "pantheon_peer_received_datagrams_total"),
        "links": [value == "1" for value in re.findall(r"^pantheon_link_up(?:\{[^}]*\})? (\d+)$", text, re.M)],
        "metrics": "ok",
    }


def total(text: str, name: str) -> int:
    return sum(int(float(value)) for value in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.M))


def read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:  # a process may end while it is looked at
        return ""


main(*sys.argv[1:])
