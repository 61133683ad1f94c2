"""The timer that takes a binding back unless a new connection confirms it, and what the agent remembers of both.

binding.json in the agent's memory: `waiting` are functions bound in boot `armedBoot` and not confirmed; `confirmed` are
those that may be bound again at boot. A transient timer does not survive a reboot, and neither does what it guards."""

from __future__ import annotations

from .bootid import boot_id
from .errors import AgentError
from .node import Node
from .store import drop_document, read_document, write_document

UNIT = "dpdk-fleet-undo-bind"
AGENT = "/usr/local/sbin/dpdk-node-agent"
_DOCUMENT = "binding.json"


def arm(node: Node, functions: list[str], seconds: int) -> None:
    """Starts the timer, or starts it anew, before anything is bound."""
    if not node.exists(AGENT):
        raise AgentError("the undo timer would find no agent to run", where=AGENT, remedy="run `install` first")
    memory = _memory(node)
    waiting = sorted({*_waiting(node), *functions})
    confirmed = [function for function in memory["confirmed"] if function not in waiting]
    _keep(node, {"armedBoot": boot_id(node), "waiting": waiting, "confirmed": confirmed})
    disarm(node)
    # An undo that cannot work yet, because the worker is still at it or a process has the NIC, is tried until it can.
    node.run(
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={UNIT}",
        f"--on-active={seconds}",
        "--timer-property=AccuracySec=1s",
        "--property=Restart=on-failure",
        "--property=RestartSec=5",
        "--property=StartLimitIntervalSec=0",
        AGENT,
        "revert",
        "nic-binding",
    )


def is_armed(node: Node) -> bool:
    return bool(_waiting(node))


def confirm(node: Node, still_bound: list[str]) -> None:
    """Stops the timer for good, and the undo that it may have started: what that has taken back stays unconfirmed."""
    node.run("systemctl", "stop", f"{UNIT}*")
    kept = [function for function in _waiting(node) if function in still_bound]
    _keep(node, {"armedBoot": None, "waiting": [], "confirmed": sorted({*confirmed(node), *kept})})


def confirmed(node: Node) -> list[str]:
    return _memory(node)["confirmed"]


def drop(node: Node, function: str) -> None:
    """Forgets a function that has been given back; the timer goes with the last one that waits for it."""
    memory = _memory(node)
    if memory["waiting"] == [function]:
        disarm(node)
    for name in ("waiting", "confirmed"):
        memory[name] = [other for other in memory[name] if other != function]
    if memory["waiting"] or memory["confirmed"]:
        _keep(node, memory)
    else:
        drop_document(node, _DOCUMENT)


def forget_all(node: Node) -> list[str]:
    """After everything has been given back: an agent that was killed before its first binding left a timer behind."""
    if read_document(node, _DOCUMENT) is None:
        return []
    disarm(node)
    drop_document(node, _DOCUMENT)
    return ["undo timer: stopped"]


def disarm(node: Node) -> None:
    """Stops the timer, not the undo that it may have started. A pattern matches nothing without being an error."""
    node.run("systemctl", "stop", f"{UNIT}*.timer")


def _waiting(node: Node) -> list[str]:
    memory = _memory(node)
    return memory["waiting"] if memory["armedBoot"] == boot_id(node) else []


def _memory(node: Node) -> dict:
    return read_document(node, _DOCUMENT) or {"armedBoot": None, "waiting": [], "confirmed": []}


def _keep(node: Node, memory: dict) -> None:
    write_document(node, _DOCUMENT, memory)
