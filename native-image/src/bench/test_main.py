"""The program from outside: what it prints, where, and how it ends. In TAP."""

import re
import subprocess
import sys

from tap import case, run_all

COMMANDS = ("tx-throughput", "consensus-stress", "network-latency", "packet-rate", "compare", "forwarding", "cycles",
            "hostile-peer", "start-time", "memory", "cpu-time")


def run(*arguments):
    done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


@case("a wrong command line is one line on standard error and exit code 2")
def _():
    for arguments in ((), ("run",), ("compare", "--pairs"), ("compare", "--pairs", "0"), ("compare", "--peers", "3")):
        code, out, err = run(*arguments)
        assert (code, out) == (2, ""), (arguments, code, out)
        assert re.fullmatch(r"pantheon-bench: .+\n", err), (arguments, err)


@case("--help is on standard output with every command and exit code 0")
def _():
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(f"  {command} " in out for command in COMMANDS)


@case("each command has its help")
def _():
    for command in COMMANDS:
        code, out, err = run(command, "--help")
        assert (code, err) == (0, "")
        assert out.startswith(f"usage: pantheon-bench {command} [options]\n") and "--json FILE" in out


@case("--version is a line")
def _():
    code, out, err = run("--version")
    assert (code, err) == (0, "") and re.fullmatch(r"pantheon-bench \d+\.\d+\.\d+\n", out)


@case("no help line is wider than a screen")
def _():
    for arguments in (("--help",), *((command, "--help") for command in COMMANDS)):
        assert max(map(len, run(*arguments)[1].splitlines())) <= 100


run_all()
