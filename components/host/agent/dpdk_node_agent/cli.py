"""The verbs of dpdk-node-agent, for the operator's side and for a person who is logged in to a node."""

from __future__ import annotations

import json
import os
import sys
from types import SimpleNamespace
from typing import Sequence

from .errors import AgentError, Retry
from .node import Completed, Node, run_here

# sysexits.h calls wrong usage 64; every shell tool that a person compares this one with says 2.
USAGE = 2
_WORDLESS = ("status", "work", "boot", "service-ready", "kubelet-ready")

Asked = SimpleNamespace


def main(argv: list[str]) -> int:
    """Runs one verb; answers its exit code."""
    asked = _words(argv)
    node = Node(asked.root)
    if node.root != "/":
        node.runner = run_nowhere
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


def _words(argv: list[str]) -> Asked:
    plain = _plain_words(argv)
    if plain is not None:
        return plain
    from .arguments import parser_of_all

    return parser_of_all().parse_args(argv, SimpleNamespace())


def _plain_words(argv: list[str]) -> Asked | None:
    """The verbs that programs call, in the form that they use: argparse is a seventh of what a check costs. None for all
    else, mistakes too."""
    root = "/"
    if len(argv) > 2 and argv[0] == "--root":
        root, argv = argv[1], argv[2:]
    verb, words = argv[:1], argv[1:]
    as_json = "--json" in (words[:1] + words[-1:])
    if as_json:
        words.remove("--json")
    if any(word.startswith("-") for word in [root, *words]):
        return None
    if verb == ["check"]:
        return SimpleNamespace(root=root, verb="check", stages=words, json=as_json)
    if as_json:
        return None
    if verb == ["hugepages"] and len(words) == 1:
        return SimpleNamespace(root=root, verb="hugepages", pool=words[0])
    return SimpleNamespace(root=root, verb=verb[0]) if verb and verb[0] in _WORDLESS and not words else None


def _run(asked: Asked, node: Node) -> int:
    if node.root == "/" and os.geteuid() != 0:
        raise AgentError(
            "half of what the agent reads and all that it changes is root's",
            where="the login",
            value=f"user id {os.geteuid()}",
            remedy="run it through sudo",
        )
    return _VERBS[asked.verb](asked, node)


def _install(asked: Asked, node: Node) -> int:
    from .install import install

    return _lines(install(node, asked.sha256))


def _uninstall(asked: Asked, node: Node) -> int:
    from .install import uninstall

    return _lines(uninstall(node, asked.within))


def _facts(_asked: Asked, node: Node) -> int:
    from .facts import facts

    return _json(facts(node))


def _doctor(asked: Asked, node: Node) -> int:
    from .doctor import findings

    found = findings(node)
    if asked.json:
        _json([one.as_data() for one in found])
    else:
        _lines([one.line() for one in found])
    return 1 if found else 0


def _check(asked: Asked, node: Node) -> int:
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


def _explain(asked: Asked, node: Node) -> int:
    from . import latenics, planfile, stages
    from .converge import refuse_impossible

    text = sys.stdin.read()
    known = asked.kept_image and not asked.nic
    plan = planfile.parse(latenics.as_kept(node, text) if known else latenics.with_nics(node, text, asked.nic))
    if asked.image is not None:
        plan = planfile.with_image(plan, asked.image, asked.plain_http)
    elif asked.kept_image:
        plan = planfile.with_kept_image(node, plan)
    refuse_impossible(node, plan)
    lines = [f"{name}: {line}" for name in stages.ALL for line in stages.stage(name).explain(node, plan)]
    return _lines(lines or ["nothing to do"])


def _apply(asked: Asked, node: Node) -> int:
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


def _revert(asked: Asked, node: Node) -> int:
    from . import stages
    from .revert import revert

    if bool(asked.stages) == asked.all:
        print("dpdk-node-agent: revert needs the names of stages, or --all", file=sys.stderr)
        return USAGE
    for name in asked.stages:
        stages.stage(name)
    return _lines(revert(node, asked.stages or list(stages.ALL), asked.within) or ["nothing to give back"])


def _converge(asked: Asked, node: Node) -> int:
    from .converge import converge

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    found = converge(node, sys.stdin.read(), asked.within, say, asked.image, asked.plain_http, asked.nic)
    print(json.dumps(found, separators=(",", ":")))
    return 0


def _status(_asked: Asked, node: Node) -> int:
    from . import planfile
    from .status import status

    return _json(status(node, planfile.kept_or_refused(node)))


def _forget_trials(_asked: Asked, node: Node) -> int:
    from . import runstate
    from .trial import forget_failures

    with runstate.changing(node):
        return _lines(forget_failures(node))


def _traffic(asked: Asked, node: Node) -> int:
    from .traffic import traffic

    return _json(traffic(node, pci=asked.pci, peer=asked.peer, seconds=asked.seconds, first=asked.first))


def _data_plane(asked: Asked, node: Node) -> int:
    from . import dataplane, planfile

    found = dataplane.data_plane(node, planfile.kept_or_refused(node))
    return _json(found) if asked.json else _lines(dataplane.lines(found))


def _service_ready(_asked: Asked, node: Node) -> int:
    from .serviceready import service_ready

    service_ready(node, os.environ.get("INVOCATION_ID", ""))
    return 0


def _kubelet_ready(_asked: Asked, node: Node) -> int:
    from .kubeletready import kubelet_ready

    kubelet_ready(node, os.environ.get("INVOCATION_ID", ""))
    return 0


def _boot(_asked: Asked, node: Node) -> int:
    from .boot import boot

    return boot(node)


def _hugepages(asked: Asked, node: Node) -> int:
    from .poolatboot import pool

    pool(node, asked.pool)
    return 0


def _work(_asked: Asked, node: Node) -> int:
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
    "kubelet-ready": _kubelet_ready,
    "boot": _boot,
    "hugepages": _hugepages,
    "work": _work,
}
