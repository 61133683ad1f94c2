"""Starting the data plane's unit, and the way back where it does not start."""

from __future__ import annotations

import time

from . import runstate, servicestate, units
from .accounts import gid, uid
from .errors import AgentError
from .node import Node
from .ownedfiles import write_owned
from .servicestate import APPLIED, GOOD, STAGE
from .serviceunit import TARGET, UNIT, start_seconds
from .store import read_document, write_document

_FILES = "files"
# The reason stands in the last lines; EAL says a dozen before it gives up.
_JOURNAL_LINES = 12


def now() -> int:
    """A time that journalctl can look from."""
    return int(time.time())


def start(node: Node, part: dict, unit: str) -> None:
    """Writes the unit and starts it; an error where it does not become active. It does not run now."""
    if read_document(node, APPLIED) != part:
        write_document(node, APPLIED, part)
    units.install(node, STAGE, UNIT, unit, TARGET)
    if servicestate.show(node).active == "failed":  # else earlier failures count against the start limit
        node.run("systemctl", "reset-failed", UNIT)
    with runstate.starting_service(node):
        node.run("systemctl", "start", UNIT, timeout=start_seconds(part["service"]))


def go_back(node: Node, failed: AgentError, since: int, tried: dict) -> AgentError:
    """Puts the last service that ran in place of one that did not start; answers the error that says so."""
    reason = _reason(node, failed, since, (tried["part"]["service"].get("log") or {}).get("file"))
    good = read_document(node, GOOD)
    if good is not None and (good["unit"], good["files"]) == (tried["unit"], tried["files"]):
        # Nothing was changed, so there is nothing to go back to: systemd's own restarts go on.
        return AgentError("the data plane's service does not start", where=UNIT, value=reason, remedy=_LOOK)
    servicestate.stop(node)
    if good is None:
        node.remove(f"{units.FOLDER}/{TARGET}.wants/{UNIT}")
        what = "the data plane's service does not start; it is stopped and disabled until the next up"
        return AgentError(what, where=UNIT, value=reason, remedy=_LOOK)
    try:
        for file in good["files"]:
            owner = (uid(node, file["owner"]), gid(node, file["group"]))
            write_owned(node, _FILES, file["path"], file["content"], int(file["mode"], 8), *owner)
        start(node, good["part"], good["unit"])
    except AgentError as worse:
        what = "the new service does not start, and neither does the one before"
        return AgentError(what, where=UNIT, value=f"{reason}; then {worse.line()}", remedy=_LOOK)
    return AgentError(
        "the new service does not start; the one before runs again", where=UNIT, value=reason, remedy=_LOOK
    )


_LOOK = f"look at `journalctl -u {UNIT}`, correct it, then run up again"


def _reason(node: Node, failed: AgentError, since: int, log: str | None) -> str:
    """The last lines of the start that failed, without systemd's own; the program's may be in a log file of its own."""
    node.ask("journalctl", "--sync")
    words = ("-u", UNIT, f"--since=@{since}", f"--lines={_JOURNAL_LINES * 2}", "--output=cat", "--no-pager")
    said = node.ask("journalctl", *words).out
    said += node.ask("tail", f"--lines={_JOURNAL_LINES}", log).out if log else ""
    lines = [line.strip() for line in said.splitlines()]
    own = [line for line in lines if line and UNIT not in line and not line.startswith(("Started ", "Starting "))]
    shown = servicestate.show(node)
    state = f"{shown.result or shown.active}, exit code {shown.exit_code}" if shown.exit_code else failed.value
    return " / ".join([state, *own[-_JOURNAL_LINES:]])
