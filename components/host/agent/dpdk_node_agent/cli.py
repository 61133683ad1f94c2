"""The verbs of dpdk-node-agent, for the operator's side and for a person who is logged in to a node."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Sequence

from .errors import AgentError, Retry
from .node import Completed, Node, run_here

# sysexits.h calls wrong usage 64; every shell tool that a person compares this one with says 2.
USAGE = 2


def main(argv: list[str]) -> int:
    """Runs one verb; answers its exit code."""
    asked = _parser().parse_args(argv)
    node = Node(asked.root, run_here if asked.root == Path("/") else run_nowhere)
    try:
        return _run(asked, node)
    except Retry as again:
        print(again.line(), file=sys.stderr)
        return again.exit_code
    except AgentError as failed:
        print(f"dpdk-node-agent: {failed.line()}", file=sys.stderr)
        return failed.exit_code
    except Exception as unexpected:  # the operator's side shows the last line; whoever mends the agent needs the rest
        import traceback

        traceback.print_exc()
        print(f"dpdk-node-agent: stumbled over {type(unexpected).__name__}: {unexpected}; report this", file=sys.stderr)
        return 1


def run_nowhere(argv: Sequence[str], _timeout: float, _stdin: str) -> Completed:
    """In a folder that stands for a node no command runs: it would change this machine."""
    return Completed(127, "", f"{argv[0]} is not run in a root folder")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dpdk-node-agent", description="Makes this server a DPDK node, and gives it back as it was."
    )
    parser.add_argument("--root", type=Path, default=Path("/"), help="a folder that stands for the node (default /)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    install = verbs.add_parser("install", help="copies this file to its place; changes nothing else")
    install.add_argument("--sha256", required=True, metavar="HASH", help="what this file's hash must be")
    _within(verbs.add_parser("uninstall", help="reverts everything, then removes the agent"))
    verbs.add_parser("facts", help="what the node is, as JSON")
    doctor = verbs.add_parser("doctor", help="what is wrong with this node, and what mends it; changes nothing")
    doctor.add_argument("--json", action="store_true", help="with issue, evidence, and whether mending it is safe")
    check = verbs.add_parser("check", help="each stage against the plan that was last asked for")
    check.add_argument("stages", nargs="*", metavar="STAGE")
    check.add_argument("--json", action="store_true", help="a JSON object a stage")
    explain = _image(verbs.add_parser("explain", help="what converge would do; the plan comes on standard input"))
    explain.add_argument("--kept-image", action="store_true", help="with the image that the node was last given")
    verbs.add_parser("apply", help="applies stages by hand").add_argument("stages", nargs="+", metavar="STAGE")
    revert = _within(verbs.add_parser("revert", help="gives back what stages have changed"))
    revert.add_argument("stages", nargs="*", metavar="STAGE")
    revert.add_argument("--all", action="store_true", help="every stage")
    _image(_within(verbs.add_parser("converge", help="makes the node what the plan on standard input says")))
    verbs.add_parser("status", help="plan against machine, as JSON")
    verbs.add_parser("forget-trials", help="lets kernel arguments that failed twice be tried again")
    traffic = verbs.add_parser("traffic", help="exchanges frames over one vfio-bound function with testpmd")
    traffic.add_argument("--pci", required=True, metavar="ADDR")
    traffic.add_argument("--peer", required=True, metavar="MAC")
    traffic.add_argument("--seconds", required=True, type=int, metavar="N")
    traffic.add_argument("--first", action="store_true", help="starts the exchange")
    data_plane = verbs.add_parser("data-plane", help="what the data plane does: its unit, ports and peers")
    data_plane.add_argument("--json", action="store_true", help="all of it as data")
    verbs.add_parser("service-ready", help="what the data plane's unit runs before it starts: waits for what it needs")
    verbs.add_parser("boot", help="what dpdk-node-boot.service runs: puts back what a kernel forgets")
    pool = verbs.add_parser("hugepages", help="what dpdk-hugepages@NODE-SIZE.service runs: a pool of the applied plan")
    pool.add_argument("pool", metavar="NODE-SIZE", help="NUMA node and page size, such as 0-2M")
    verbs.add_parser("work")  # the detached worker's own; not for people
    return parser


def _within(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--within", type=float, default=45, metavar="SECONDS", help="how long to wait for the worker (default 45)"
    )
    return parser


def _image(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--image", metavar="REF", help="REGISTRY/REPOSITORY@sha256:DIGEST, for a plan with a service")
    parser.add_argument("--plain-http", action="store_true", help="the image's registry is reached without TLS")
    return parser


def _run(asked: argparse.Namespace, node: Node) -> int:
    if asked.root == Path("/") and os.geteuid() != 0:
        raise AgentError(
            "half of what the agent reads and all that it changes is root's",
            where="the login",
            value=f"user id {os.geteuid()}",
            remedy="run it through sudo",
        )
    return _VERBS[asked.verb](asked, node)


def _install(asked: argparse.Namespace, node: Node) -> int:
    from .install import install

    return _lines(install(node, asked.sha256))


def _uninstall(asked: argparse.Namespace, node: Node) -> int:
    from .install import uninstall

    return _lines(uninstall(node, asked.within))


def _facts(_asked: argparse.Namespace, node: Node) -> int:
    from .facts import facts

    return _json(facts(node))


def _doctor(asked: argparse.Namespace, node: Node) -> int:
    from .doctor import findings

    found = findings(node)
    if asked.json:
        _json([one.as_data() for one in found])
    else:
        _lines([one.line() for one in found])
    return 1 if found else 0


def _check(asked: argparse.Namespace, node: Node) -> int:
    from . import planfile, stages
    from .stage import State

    plan = planfile.kept_or_refused(node)
    all_ok = True
    for name in asked.stages or stages.ALL:
        found = stages.stage(name).check(node, plan)
        all_ok = all_ok and found.state is State.OK
        as_data = json.dumps({"stage": name, "state": found.state.value, "saw": found.saw})
        print(as_data if asked.json else f"{name}: {found.state.value}, {found.saw}")
    return 0 if all_ok else 1


def _explain(asked: argparse.Namespace, node: Node) -> int:
    from . import planfile, stages
    from .converge import refuse_impossible

    plan = planfile.parse(sys.stdin.read())
    if asked.image is not None:
        plan = planfile.with_image(plan, asked.image, asked.plain_http)
    elif asked.kept_image:
        plan = planfile.with_kept_image(node, plan)
    refuse_impossible(node, plan)
    lines = [f"{name}: {line}" for name in stages.ALL for line in stages.stage(name).explain(node, plan)]
    return _lines(lines or ["nothing to do"])


def _apply(asked: argparse.Namespace, node: Node) -> int:
    from . import planfile, runstate, stages, trial

    plan = planfile.kept_or_refused(node)
    with runstate.changing(node):
        for name in asked.stages:
            stage = stages.stage(name)
            stage.apply(node, plan)
            print(f"{name}: {stage.check(node, plan).saw}")
    if trial.is_waiting_for_reboot(node):
        print("reboot: the next boot tries the new kernel arguments; reboot, then apply kernel-arguments again")
    return 0


def _revert(asked: argparse.Namespace, node: Node) -> int:
    from . import stages
    from .revert import revert

    if bool(asked.stages) == asked.all:
        print("dpdk-node-agent: revert needs the names of stages, or --all", file=sys.stderr)
        return USAGE
    for name in asked.stages:
        stages.stage(name)
    return _lines(revert(node, asked.stages or list(stages.ALL), asked.within) or ["nothing to give back"])


def _converge(asked: argparse.Namespace, node: Node) -> int:
    from .converge import converge

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    found = converge(node, sys.stdin.read(), asked.within, say, asked.image, asked.plain_http)
    print(json.dumps(found, separators=(",", ":")))
    return 0


def _status(_asked: argparse.Namespace, node: Node) -> int:
    from . import planfile
    from .status import status

    return _json(status(node, planfile.kept_or_refused(node)))


def _forget_trials(_asked: argparse.Namespace, node: Node) -> int:
    from . import runstate
    from .trial import forget_failures

    with runstate.changing(node):
        return _lines(forget_failures(node))


def _traffic(asked: argparse.Namespace, node: Node) -> int:
    from .traffic import traffic

    return _json(traffic(node, pci=asked.pci, peer=asked.peer, seconds=asked.seconds, first=asked.first))


def _data_plane(asked: argparse.Namespace, node: Node) -> int:
    from . import dataplane, planfile

    found = dataplane.data_plane(node, planfile.kept_or_refused(node))
    return _json(found) if asked.json else _lines(dataplane.lines(found))


def _service_ready(_asked: argparse.Namespace, node: Node) -> int:
    from .serviceready import service_ready

    service_ready(node, os.environ.get("INVOCATION_ID", ""))
    return 0


def _boot(_asked: argparse.Namespace, node: Node) -> int:
    from .boot import boot

    return boot(node)


def _hugepages(asked: argparse.Namespace, node: Node) -> int:
    from .poolatboot import pool

    pool(node, asked.pool)
    return 0


def _work(_asked: argparse.Namespace, node: Node) -> int:
    from .worker import work_detached

    work_detached(node)
    return 0


def _lines(lines: list[str]) -> int:
    for line in lines:
        print(line)
    return 0


def _json(found: object) -> int:
    print(json.dumps(found))
    return 0


_VERBS = {
    "install": _install,
    "uninstall": _uninstall,
    "facts": _facts,
    "doctor": _doctor,
    "check": _check,
    "explain": _explain,
    "apply": _apply,
    "revert": _revert,
    "converge": _converge,
    "status": _status,
    "forget-trials": _forget_trials,
    "traffic": _traffic,
    "data-plane": _data_plane,
    "service-ready": _service_ready,
    "boot": _boot,
    "hugepages": _hugepages,
    "work": _work,
}
