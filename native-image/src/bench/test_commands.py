"""Each command on both wires, most against a node of their own: function, not speed. In TAP. Needs to be root (a namespace)."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import strict_json
from tap import case, run_all

PROGRAM, NODE = sys.argv[1:]


def measured(command, *options):
    """What the command has written. 75 says that the machine disturbed the figures, which is no matter here."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "out.json")
        environment = {**os.environ, "PATH": f"{Path(NODE).parent}:{os.environ['PATH']}"}
        words = [PROGRAM, command, "--json", str(target), *options]
        done = subprocess.run(words, capture_output=True, text=True, timeout=150, env=environment)
        assert done.returncode in (0, 75), (done.returncode, done.stderr[-400:])
        return strict_json.load(target)


@case("tx-throughput tells for both backends how many transactions were answered")
def _():
    found = measured("tx-throughput", "--duration", "1s", "--connections", "10", "--tx-rate", "1000")
    for side in ("kernel", "dpdk"):
        assert found[side]["received"] > 500, (side, found[side]["received"])


@case("consensus-stress tells for both wires how many blocks were proposed and completed")
def _():
    found = measured("consensus-stress", "--validators", "10", "--duration", "1s", "--block-time", "200ms",
                     "--block-size", "16KB", "--loss", "0%")
    assert [run["system"] for run in found["runs"]] == ["kernel", "dpdk"]
    for run in found["runs"]:
        every = run["with_disturbed_slots"]
        assert every["blocks_proposed"] > 0 and every["blocks_completed"] > 0 and every["blocks_wrong"] == 0, every


@case("network-latency tells a curve of seven loads for each backend")
def _():
    found = measured("network-latency", "--duration", "1s", "--peers", "10")
    for side in ("kernel", "dpdk"):
        assert len(found[side]["loads"]) == 7 and found[side]["search"]["goals"], side


@case("packet-rate tells the largest rate without loss of each backend")
def _():
    found = measured("packet-rate")
    for side in ("kernel", "dpdk"):
        assert found[side]["search"]["goals"][0]["lower"] > 0, side


@case("compare tells every run of its pairs, and a ratio for each row")
def _():
    found = measured("compare", "--pairs", "1", "--connections", "10")
    assert [run["traffic"] for run in found["runs"]] == ["packets"] * 3 + ["transactions"] * 2
    assert all(found[row]["ratio"] > 0 for row in ("packets", "packets_gso_gro", "transactions", "p99_latency"))


run_all()
