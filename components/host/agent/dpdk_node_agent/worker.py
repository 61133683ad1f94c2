"""The work of a converge, from the first package to the last binding. Started anew after every reboot and every cut, it
looks at the node and goes on where the node is; it remembers no step of its own."""

from __future__ import annotations

import time
from typing import Callable

from . import goback, planfile, reboot, runstate, servicestate, stages, trial
from .bootid import boot_id
from .errors import AgentError, Retry
from .node import Node
from .stage import Finding, State
from .store import read_document

Say = Callable[[str], None]
# Good enough to go on: what cannot be verified is reported, and is no failure.
_PASSES = (State.OK, State.UNVERIFIABLE)
# The unit that puts things back at boot may hold the lock while the cards come up.
LOCK_SECONDS = 120
# Stages that leave the service's image, files and unit as they are, and may have stopped it.
_BEFORE_IMAGE = stages.RUN[: stages.RUN.index("image")]


def work(node: Node, plan: dict, say: Say) -> dict:
    """Makes the node what the plan says, or raises Retry where a new connection is needed."""
    planfile.keep(node, plan)
    _confirm_binding(node, say)
    for name in stages.BOOT:
        _apply_unless_ok(node, plan, name, say)
    was_up = servicestate.is_ours(node) and servicestate.show(node).is_up
    for name in stages.RUN:
        try:
            _apply_unless_ok(node, plan, name, say)
        except AgentError:
            if was_up and name in _BEFORE_IMAGE:
                _start_again(node, say)
            raise
    return answer(node, plan, findings(node, plan))


def settled(node: Node, plan: dict) -> dict | None:
    """The answer where there is nothing to do, else None. Changes nothing."""
    if (
        planfile.kept(node) != plan
        or trial.remembered(node).trial is not None
        or stages.stage("nic-binding").is_armed(node)
    ):
        return None
    found: dict[str, Finding] = {}
    for name in stages.ALL:
        found[name] = stages.stage(name).check(node, plan)
        if found[name].state not in _PASSES:
            return None
    return answer(node, plan, found)


def findings(node: Node, plan: dict) -> dict[str, Finding]:
    """Every stage's finding, in their order."""
    return {name: stages.stage(name).check(node, plan) for name in stages.ALL}


def answer(node: Node, plan: dict, found: dict[str, Finding]) -> dict:
    """The line that converge prints."""
    for name, finding in found.items():
        if finding.state not in _PASSES:
            raise AgentError(f"{name} was done and did not stay", value=finding.saw, remedy="run up again")
    return {
        "node": plan["node"],
        "plan": planfile.hash_of(plan),
        "bootId": boot_id(node),
        "reboots": trial.remembered(node).reboots,
        "stages": {name: finding.state.value for name, finding in found.items()},
    }


def _confirm_binding(node: Node, say: Say) -> None:
    """A worker is only ever started over a connection that was made after the binding, so the way in still works."""
    binding = stages.stage("nic-binding")
    if binding.is_armed(node):
        say("nic-binding: the way in still works, its undo timer is disarmed")
        binding.confirm(node)


def _start_again(node: Node, say: Say) -> None:
    """A stage that fails does not leave a data plane stopped that ran before: the last one that ran starts again."""
    good = read_document(node, servicestate.GOOD)
    if good is None or servicestate.show(node).is_up:
        return
    try:
        goback.start(node, good["part"], good["unit"])
        say("service: started again as it was")
    except AgentError as failed:
        say(f"service: stopped, and does not start again: {failed.line()}")


def _apply_unless_ok(node: Node, plan: dict, name: str, say: Say) -> None:
    stage = stages.stage(name)
    before = stage.check(node, plan)
    if before.state in _PASSES:
        return
    say(f"{name}: {before.saw}")
    stage.apply(node, plan)
    if name == "kernel-arguments" and trial.is_waiting_for_reboot(node):
        say(f"{name}: trial boot staged, the node reboots")
        reboot.stage(node)
        raise reboot.answer(node)
    if name == "nic-binding" and stage.is_armed(node):
        raise Retry("confirm", "NICs are bound, a new connection must confirm that the way in still works", 0)
    after = stage.check(node, plan)
    if after.state not in _PASSES:
        raise AgentError(f"{name} did not take effect", value=after.saw, remedy="look at the node, then run up again")


# --- detached ---------------------------------------------------------------------------------------------------------


def work_detached(node: Node) -> None:
    """The worker's own process: reads the request, works, leaves progress and result for whoever polls."""
    request = runstate.read(node, "request.json")
    with runstate.changing(node, request["run"], planfile.hash_of(request["plan"]), LOCK_SECONDS):
        lines: list[str] = []

        def say(line: str) -> None:
            lines.append(line)
            runstate.write(node, "progress.json", {"run": request["run"], "lines": lines})

        result = outcome(node, request["plan"], say)
        runstate.write(
            node,
            "result.json",
            {
                "run": request["run"],
                "plan": planfile.hash_of(request["plan"]),
                "at": time.time(),
                "delivered": False,
                **result,
            },
        )


def outcome(node: Node, plan: dict, say: Say) -> dict:
    """The result of the work as data, whatever it is."""
    try:
        return {"kind": "done", "answer": work(node, plan, say)}
    except Retry as again:
        return {"kind": "retry", "reason": again.reason, "detail": again.detail, "after": again.after_seconds}
    except AgentError as failed:
        return {"kind": "failed", "line": failed.line()}
    except Exception as unexpected:  # the poller must hear of it; the unit's journal has the whole story
        import traceback

        traceback.print_exc()
        return {"kind": "failed", "line": f"the worker stumbled over {type(unexpected).__name__}: {unexpected}"}
