"""Each command against a node of its own on both wires: function, not speed. In TAP. Needs to be root (a namespace)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import case, run_all

PROGRAM, NODE = sys.argv[1:]


def once(pairs):
    """An object of JSON as most readers take it, and a mistake where a key stands in it twice."""
    found = dict(pairs)
    assert len(found) == len(pairs), [key for key, _ in pairs]
    return found


def measured(command, *options):
    """What the command has written. 75 says that the machine disturbed the figures, which is no matter here."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "out.json")
        environment = {**os.environ, "PATH": f"{Path(NODE).parent}:{os.environ['PATH']}"}
        words = [PROGRAM, command, "--json", str(target), *options]
        done = subprocess.run(words, capture_output=True, text=True, timeout=150, env=environment)
        assert done.returncode in (0, 75), (done.returncode, done.stderr[-400:])
        return json.loads(target.read_text(), object_pairs_hook=once)


@case("tx-throughput tells for both backends how many transactions were answered")
def _():
    found = measured("tx-throughput", "--duration", "1s", "--connections", "10", "--tx-rate", "1000")
    for side in ("kernel", "dpdk"):
        assert found[side]["received"] > 500, (side, found[side]["received"])


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
