"""converge, on the operator's connection: refuses what cannot be, answers at once where nothing is to be done, and
otherwise starts a detached worker, or joins the one that works, and polls it."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path
from typing import Callable, Sequence

from . import latenics, planfile, reboot, runstate, stages, worker
from .errors import AgentError, Refused, Retry
from .node import Node
from .polling import until
from .sshsessions import own_connection

# A failure that nobody has heard, because the connection was lost, is told to the next converge of the same plan.
_UNHEARD_SECONDS = 120
_START_SECONDS = worker.LOCK_SECONDS + 30
_ASK_SECONDS = 3

Say = Callable[[str], None]


def converge(
    node: Node,
    text: str,
    within: float,
    say: Say,
    image: str | None = None,
    plain_http: bool = False,
    nics: Sequence[str] = (),
) -> dict:
    """Makes the node what the plan in `text` says, with its image and NICs, or raises Retry or AgentError."""
    plan = planfile.with_image(planfile.parse(latenics.with_nics(node, text, nics)), image, plain_http)
    _wait_for_others(node, within)
    run = _running(node, plan)
    if run is None:
        if reboot.is_staged(node):
            raise reboot.answer(node)
        found = worker.settled(node, plan)
        if found is not None:
            return found
        _tell_unheard_failure(node, plan)
        if not _waits_for_confirmation(node, plan):
            refuse_impossible(node, plan)
        if not node.exists("/run/systemd/system"):
            with runstate.changing(node):
                return worker.work(node, plan, say)
        run = _start(node, plan)
    return _wait(node, run, within, say)


def refuse_impossible(node: Node, plan: dict) -> None:
    """Refuses, before anything is changed, what the node contradicts."""
    from . import contradictions, facts  # what the fast way does not need is not loaded

    contradictions.refuse_contradictions(plan, facts.facts(node))
    stages.stage("compatibility").apply(node, plan)
    for name in ("kernel-arguments", "hugepages", "hugepage-units", "kubelet"):
        stages.stage(name).refuse_impossible(node, plan)


def _waits_for_confirmation(node: Node, plan: dict) -> bool:
    """Whether this plan has come as far as its binding, whose undo timer runs: it was found possible before."""
    return stages.stage("nic-binding").is_armed(node) and planfile.kept(node) == plan


def _wait_for_others(node: Node, within: float) -> None:
    """Waits for whoever changes the node and is no worker: a verb by hand, or the unit that puts things back at
    boot."""

    def is_free() -> bool:
        return not runstate.is_worked_on(node) or runstate.holder(node) not in (runstate.BY_HAND, runstate.AT_BOOT)

    if not until(is_free, within, 0.5):
        raise Retry("working", f"this node is being changed ({runstate.holder(node)})", 1)


def _running(node: Node, plan: dict) -> str | None:
    """The run of the worker that works on this plan, or None; refused where it works on another one."""
    if not runstate.is_worked_on(node):
        return None
    if runstate.holder(node) != planfile.hash_of(plan):
        raise Refused(
            "another plan is being applied to this node",
            where="/run/dpdk-fleet/worker.json",
            value=runstate.holder(node),
            remedy="wait until it is done, then run up again",
        )
    return runstate.read(node, "worker.json")["run"]


def _start(node: Node, plan: dict) -> str:
    """Starts the worker as a transient unit: it outlives this connection. Answers its run."""
    with runstate.starting(node):
        joined = _running(node, plan)
        if joined is not None:
            return joined
        run = uuid.uuid4().hex[:12]
        runstate.write(node, "request.json", {"run": run, "plan": plan})
        node.run(
            "systemd-run",
            f"--unit={_unit(run)}",
            "--collect",
            "--quiet",
            "--description=dpdk-fleet: makes this node what its plan says",
            *_connection(node),
            sys.executable,
            _program(),
            "work",
        )
        _await_beginning(node, run)
        if not _has_begun(node, run):
            raise AgentError(
                "the worker was ended before it began" if _has_ended(node, run) else "the worker did not begin",
                where=f"{_unit(run)}.service",
                remedy=f"look at `journalctl -u {_unit(run)}`, then run up again",
            )
        return run


def _await_beginning(node: Node, run: str) -> None:
    """Until the worker has begun or ended. systemd is asked seldom: to ask takes longer than to look."""
    end = time.monotonic() + _START_SECONDS
    while not until(lambda: _has_begun(node, run), _ASK_SECONDS, 0.1):
        if _has_ended(node, run) or time.monotonic() > end:
            return


def _unit(run: str) -> str:
    return f"dpdk-fleet-worker-{run}"


def _connection(node: Node) -> list[str]:
    """Passes the connection's name on to the worker, which has none of its own and must not cut this one."""
    found = own_connection(node)
    return [f"--setenv=SSH_CONNECTION={found}"] if found else []


def _program() -> str:
    """The archive that runs, or its folder."""
    return str(Path(sys.argv[0]).resolve())


def _has_begun(node: Node, run: str) -> bool:
    found = runstate.read(node, "worker.json")
    return found is not None and found["run"] == run


def _has_ended(node: Node, run: str) -> bool:
    """A transient unit is forgotten with its process."""
    return node.ask("systemctl", "is-active", "--quiet", f"{_unit(run)}.service").code != 0


def _wait(node: Node, run: str, within: float, say: Say) -> dict:
    """Polls the worker and passes its progress on."""
    told = 0

    def is_over() -> bool:
        nonlocal told
        worked_on = runstate.is_worked_on(node)  # asked first: a worker writes its result before it lets the lock go
        lines = runstate.read(node, "progress.json") or {"run": "", "lines": []}
        if lines["run"] == run:
            for line in lines["lines"][told:]:
                say(line)
            told = len(lines["lines"])
        return _result(node, run) is not None or not worked_on

    if not until(is_over, within, 0.25):
        raise Retry("working", "a detached worker goes on", 1)
    result = _result(node, run)
    if result is None:
        raise AgentError(
            "the worker ended without a word",
            where=f"{_unit(run)}.service",
            remedy=f"look at `journalctl -u {_unit(run)}`, then run up again",
        )
    return _deliver(node, result)


def _result(node: Node, run: str) -> dict | None:
    found = runstate.read(node, "result.json")
    return found if found is not None and found["run"] == run else None


def _deliver(node: Node, result: dict) -> dict:
    runstate.write(node, "result.json", {**result, "delivered": True})
    if result["kind"] == "done":
        return result["answer"]
    if result["kind"] == "retry":
        raise Retry(result["reason"], result["detail"], result["after"])
    raise AgentError(result["line"])


def _tell_unheard_failure(node: Node, plan: dict) -> None:
    result = runstate.read(node, "result.json")
    if result is None or result["delivered"] or result["kind"] != "failed" or result["plan"] != planfile.hash_of(plan):
        return
    if 0 <= time.time() - result["at"] < _UNHEARD_SECONDS:
        _deliver(node, result)
