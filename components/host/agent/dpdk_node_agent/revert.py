"""Gives back what stages have changed: the last one first, and the others also where one cannot."""

from __future__ import annotations

from . import runstate, stages
from .errors import AgentError, Retry
from .node import Node
from .polling import until


def revert_all(node: Node, seconds: float) -> list[str]:
    """Reverts every stage. A worker that still works is waited for, up to `seconds`."""
    return revert(node, list(stages.ALL), seconds)


def revert(node: Node, names: list[str], seconds: float) -> list[str]:
    """Reverts these stages in reverse order; what was done is in the error too, where one of them fails."""
    if not until(lambda: not runstate.is_worked_on(node), seconds):
        raise Retry("working", "a detached worker still works; it is waited for", 5)
    done: list[str] = []
    failed: list[str] = []
    with runstate.changing(node):
        for name in sorted(names, key=stages.ALL.index, reverse=True):
            try:
                done += stages.stage(name).revert(node)
            except AgentError as wrong:
                failed.append(f"{name}: {wrong.line()}")
    if failed:
        raise AgentError(
            f"not everything could be given back ({len(done)} things were)",
            value="; ".join(failed),
            remedy="see to that on the node, then do it again; what is given back already stays so",
        )
    return done
