"""What systemd says of the data plane's unit, and what was started in it: `service-ready` writes that down at every
start, at boot and after a crash too, under systemd's own name of the start (its InvocationID)."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from . import runstate, units
from .node import Node
from .serviceunit import UNIT

STAGE = "service"
STARTED = "service-started.json"
# The part of the plan that was applied, for `service-ready`; the last one that became active, as the way back.
APPLIED, GOOD = "service.json", "service-good.json"

_PROPERTIES = (
    "ActiveState",
    "SubState",
    "InvocationID",
    "NeedDaemonReload",
    "Result",
    "ExecMainStatus",
    "NRestarts",
    "ActiveEnterTimestamp",
)
_STOP_SECONDS = 180


class Shown(NamedTuple):
    active: str
    sub: str
    invocation: str
    needs_reload: bool
    result: str
    exit_code: str
    restarts: int
    since: str  # when it became active last, as systemd writes it; empty: never

    @property
    def is_up(self) -> bool:
        """Whether it runs, or is on its way there."""
        return self.active in ("active", "activating", "reloading", "deactivating")


def show(node: Node) -> Shown:
    """The state of the unit; "inactive" where there is none, "unknown" where systemd does not answer."""
    answer = node.ask("systemctl", "show", UNIT, f"--property={','.join(_PROPERTIES)}")
    found = dict(line.split("=", 1) for line in answer.out.splitlines() if "=" in line)
    restarts = found.get("NRestarts", "")
    return Shown(
        found.get("ActiveState", "unknown"),
        found.get("SubState", ""),
        found.get("InvocationID", ""),
        found.get("NeedDaemonReload") == "yes",
        found.get("Result", ""),
        found.get("ExecMainStatus", ""),
        int(restarts) if restarts.isdigit() else 0,
        found.get("ActiveEnterTimestamp", ""),
    )


def is_ours(node: Node) -> bool:
    """Whether the stage has written the unit."""
    return UNIT in units.owned(node, STAGE)


def stop(node: Node) -> None:
    node.run("systemctl", "stop", UNIT, timeout=_STOP_SECONDS)


def has(node: Node, pid: int) -> bool:
    """Whether a process runs in the unit, in a container of it too."""
    return f"/{UNIT}" in (node.read(f"/proc/{pid}/cgroup") or "")


def fingerprint(node: Node, files: list[str]) -> dict:
    """The unit and the configuration as they are on the node now."""
    paths = [f"{units.FOLDER}/{UNIT}", *files]
    return {path: sha256(node.read(path)) for path in paths}


def started(node: Node) -> dict | None:
    """What the last start began with: its invocation and its fingerprint."""
    return runstate.read(node, STARTED)


def sha256(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
