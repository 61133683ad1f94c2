"""Kernel arguments that have proved themselves are written for good, and the trial's traces go."""

from __future__ import annotations

from types import ModuleType

from . import deadline, ownedarguments, trial
from .bootloader import detect
from .errors import AgentError
from .node import Node
from .ownedarguments import Owned
from .store import saved


def not_promoted_because(node: Node, loader: ModuleType, asked: list[str], now: list[str]) -> str:
    """What keeps these arguments from being there after the next boot, whichever kernel that is; empty where
    nothing."""
    wrong = _wrong(node, loader, asked, now)
    return wrong or ("a trace of the trial is left" if has_traces(node) else "")


def has_traces(node: Node) -> bool:
    """Whether something of a trial is still there: its entry, its units, its open record."""
    if saved(node, deadline.STAGE) or trial.remembered(node).trial is not None:
        return True
    return any(shot.is_there(node) for shot in detect.one_shots(node))


def promote(node: Node, loader: ModuleType, asked: list[str], now: list[str]) -> None:
    """Writes the arguments for good. The running kernel has them."""
    deadline.stop(node)
    if _wrong(node, loader, asked, now):
        _write(node, loader, asked, now)
    ownedarguments.note(node, Owned(now=now))
    remove_trial(node)
    deadline.remove(node)
    trial.succeed(node, asked)


def remove_trial(node: Node) -> list[str]:
    """Takes a trial's entry away, however it was to be booted."""
    return [line for shot in detect.one_shots(node) for line in shot.remove(node)]


def _wrong(node: Node, loader: ModuleType, asked: list[str], now: list[str]) -> str:
    known = _to_be(now, ownedarguments.owned(node))
    wrong = loader.fault(node, asked, known)
    if wrong:
        return f"the boot entry is not right: {wrong}"
    return "" if loader.is_written(node, known) else "kernels to come would not have them"


def _to_be(now: list[str], known: Owned) -> Owned:
    """What is known once `now` is written for good."""
    return Owned(now, known.in_menu(), known.tried)


def _write(node: Node, loader: ModuleType, asked: list[str], now: list[str]) -> None:
    before = ownedarguments.owned(node)
    ownedarguments.note(node, _to_be(now, before))
    wrong = loader.write(node, asked, _to_be(now, before), before)
    if wrong:
        ownedarguments.note(node, before)
        raise AgentError(
            "the generated default entry is not the asked one, so nothing was written",
            where=loader.PLACE,
            value=wrong,
            remedy="correct that on the node, then run up again",
        )
