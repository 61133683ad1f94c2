"""Each command on both wires, most against a node of their own: function, not speed. In TAP. Needs to be root (a namespace).

test_commands.py BENCH NODE quick|whole"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import strict_json
from tap import Skip, case, run_all

# The searches for a largest rate take minutes on a machine that has other work: at night.
PROGRAM, NODE, TIER = sys.argv[1:]


def slow_case(sentence):
    return case(sentence) if TIER == "whole" else lambda function: function


def measured(command, *options):
    """What the command has written. That the machine disturbed the figures is no matter here."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "out.json")
        environment = {**os.environ, "PATH": f"{Path(NODE).parent}:{os.environ['PATH']}"}
        calm = [] if command in ("cycles", "start-time", "memory") else ["--max-steal", "100%"]  # they have no such option
        words = [PROGRAM, command, "--json", str(target), *calm, *options]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300, env=environment)
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


@slow_case("network-latency tells a curve of seven loads for each backend")
def _():
    found = measured("network-latency", "--duration", "1s", "--peers", "10")
    for side in ("kernel", "dpdk"):
        assert len(found[side]["loads"]) == 7 and found[side]["search"]["goals"], side


@slow_case("packet-rate tells the largest rate without loss of each backend")
def _():
    found = measured("packet-rate")
    for side in ("kernel", "dpdk"):
        assert found[side]["search"]["goals"][0]["lower"] > 0, side


@slow_case("a minute of transactions loses none: they are valid for half of that, and renewed")
def _():
    found = measured("tx-throughput", "--backend", "dpdk", "--duration", "40s", "--connections", "10")
    assert found["dpdk"]["received"] >= 0.99 * found["dpdk"]["offered"]


@slow_case("compare tells every run of its pairs, and a ratio for each row")
def _():
    found = measured("compare", "--pairs", "1", "--connections", "10")
    assert [run["traffic"] for run in found["runs"]] == ["packets"] * 3 + ["transactions"] * 2
    assert all(found[row]["ratio"] > 0 for row in ("packets", "packets_gso_gro", "transactions", "p99_latency"))


@slow_case("compare measures one kind of traffic alone where it is asked to")
def _():
    found = measured("compare", "--pairs", "1", "--traffic", "packets")
    assert [run["traffic"] for run in found["runs"]] == ["packets"] * 3
    assert "transactions" not in found and found["packets"]["ratio"] > 0


@slow_case("forwarding tells the largest rates of testpmd and of a node, and their ratio")
def _():
    if shutil.which("dpdk-testpmd") is None:
        raise Skip("dpdk-testpmd (dpdk-dev) is not there")
    found = measured("forwarding", "--pairs", "1")
    assert [run["side"] for run in found["runs"]] == ["testpmd", "node"]
    assert found["forwarding"]["ratio"] > 0


@case("cycles tells what a worker needs for a packet above a bare receive and send")
def _():
    found = measured("cycles", "--pairs", "1", "--peers", "10")
    bare, worker = found["cycles"]["values"][0]
    assert 0 < bare < worker and found["above"]["low"] <= found["above"]["median"] <= found["above"]["high"]


@slow_case("hostile-peer tells how many honest transactions are answered with and without it, and what it has sent")
def _():
    found = measured("hostile-peer", "--pairs", "1", "--peers", "10", "--duration", "1s")
    for side in ("kernel", "dpdk"):
        assert [run["hostile"] for run in found[side]["runs"]] == [False, True]
        assert found[side]["hostile_sent"] > 0 and found[side]["answered"]["ratio"] > 0


@case("start-time tells the first answer of each backend, and EAL's part of it")
def _():
    found = measured("start-time", "--pairs", "1", "--peers", "10")
    assert found["kernel"]["eal_s"] == [0] and found["kernel"]["total_s"][0] > 0
    assert 0 < found["dpdk"]["eal_s"][0] < found["dpdk"]["total_s"][0]


@slow_case("memory tells what nodes of few and of many peers take on both backends")
def _():
    found = measured("memory", "--pairs", "1")
    assert [(run["side"], run["peers"]) for run in found["runs"]] == [
        ("kernel", 1000), ("kernel", 5000), ("dpdk", 1000), ("dpdk", 5000)]
    assert found["of_a_thousand_peers"]["median_b"] > 0


@slow_case("cpu-time tells the share of a CPU that each backend needs for two payloads, and whether they could be offered")
def _():
    found = measured("cpu-time", "--pairs", "1", "--duration", "1s")
    for load in ("1_gbit", "10_gbit"):
        assert found[load]["offered_gbit"] > 0 and found[load]["cpu"]["ratio"] > 0


run_all()
