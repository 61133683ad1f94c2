"""The configuration of a data plane that runs, taken without a restart: it is told by SIGHUP to read its files again, and asked
whether it took them. Peers, limits, the way of polling and levels it takes (native-image/README.md); all else it refuses, and goes on
with what it has."""

from __future__ import annotations

from typing import NamedTuple

from . import dataplane, runstate, servicestate, units
from .node import Node
from .polling import until
from .servicestate import STARTED
from .serviceunit import UNIT
from .telemetry import Telemetry, Unanswered

# Its threads halt for milliseconds, also with 20,000 peers; a guest under emulation takes a hundred times that.
_SECONDS = 15


class _Counts(NamedTuple):
    taken: int
    refused: int


def is_taken(node: Node, asked: dict) -> bool:
    """Whether the service, which runs, goes by the files of now from here on. `asked` is what it is to have been started with; False where
    more than files differs, where it refuses, or does not say: then it has to be started anew."""
    shown, begun = servicestate.show(node), servicestate.started(node)
    if shown.active != "active" or shown.needs_reload or begun is None or begun["invocation"] != shown.invocation:
        return False
    if not _differs_in_files_alone(begun["found"], asked):
        return False
    before = _counts(node)
    if before is None:
        return False
    # Of podman too it is the main process, which hands the signal on to the program (--sig-proxy).
    node.run("systemctl", "kill", "--signal=HUP", "--kill-who=main", UNIT)
    until(lambda: _counts(node) not in (before, None), _SECONDS)
    after = _counts(node)
    if after is None or after.taken == before.taken:
        return False
    runstate.write(node, STARTED, {**begun, "found": asked})
    return True


def _differs_in_files_alone(found: dict, asked: dict) -> bool:
    unit = f"{units.FOLDER}/{UNIT}"
    return found.keys() == asked.keys() and found.get(unit) == asked[unit] and found != asked


def _counts(node: Node) -> _Counts | None:
    """None where it does not answer, or is of a release that does not count them."""
    path = dataplane.socket_of(node)
    if path is None:
        return None
    try:
        with Telemetry(node, path) as telemetry:
            told = telemetry.ask("/pantheon/node") or {}
    except Unanswered:
        return None
    if "reloads" not in told:
        return None
    return _Counts(told["reloads"], told["refused_reloads"])
