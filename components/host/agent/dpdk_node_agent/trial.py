"""What the agent remembers of trial boots, across reboots and power cuts: trial.json in its memory.

One document, written in one step, so that every moment in which the power may go is one of these:
no trial; `preparing` (files may be half there); `staged` (the next boot is the trial, once)."""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from .bootid import boot_id
from .cmdline import TRIAL, tokens
from .errors import Refused
from .node import Node
from .store import read_document, write_document

_DOCUMENT = "trial.json"
# The second chance is for a power cut or an operator's reboot in the middle; what fails twice is the arguments.
ATTEMPTS = 2


class Trial(NamedTuple):
    """A trial that has been begun and not been judged."""

    hash: str
    asked: list[str]
    boot_before: str
    state: str


class Memory:
    """All that is kept: the open trial, why the failed ones failed by the hash of their arguments, the reboots asked
    for."""

    def __init__(self, trial: Trial | None, failed: dict[str, list[str]], reboots: int):
        self.trial, self.failed, self.reboots = trial, failed, reboots


def remembered(node: Node) -> Memory:
    found = read_document(node, _DOCUMENT) or {}
    trial = found.get("trial")
    return Memory(Trial(**trial) if trial else None, found.get("failed", {}), found.get("reboots", 0))


def keep(node: Node, memory: Memory) -> None:
    trial = memory.trial._asdict() if memory.trial else None
    write_document(node, _DOCUMENT, {"trial": trial, "failed": memory.failed, "reboots": memory.reboots})


def hash_of(asked: list[str]) -> str:
    """A name for a list of arguments; the order is part of it."""
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:12]


def mark(asked: list[str]) -> str:
    """The token by which a trial boot is known."""
    return f"{TRIAL}={hash_of(asked)}"


def is_running(node: Node, trial: Trial) -> bool:
    """Whether this boot is that trial."""
    return mark(trial.asked) in tokens(node.read("/proc/cmdline") or "")


def is_waiting_for_reboot(node: Node) -> bool:
    """Whether a trial is staged and the reboot into it has not happened yet."""
    trial = remembered(node).trial
    return trial is not None and trial.state == "staged" and trial.boot_before == boot_id(node)


def refuse_if_spent(memory: Memory, asked: list[str]) -> None:
    """Refuses arguments that have failed as often as they may."""
    reasons = memory.failed.get(hash_of(asked), [])
    if len(reasons) >= ATTEMPTS:
        raise Refused(
            f"these kernel arguments failed {len(reasons)} trial boots",
            where="kernel.arguments",
            value=f"{' '.join(asked)}: {reasons[-1]}",
            remedy="change them, or run `dpdk-node-agent forget-trials` on the node to try them again",
        )


def begin(node: Node, asked: list[str]) -> None:
    """Notes that a trial is being prepared."""
    memory = remembered(node)
    memory.trial = Trial(hash_of(asked), asked, boot_id(node), "preparing")
    keep(node, memory)


def stage(node: Node) -> None:
    """Notes that the next boot is the trial; counts the reboot."""
    memory = remembered(node)
    if memory.trial is not None and memory.trial.state != "staged":
        memory.trial = memory.trial._replace(state="staged")
        memory.reboots += 1
        keep(node, memory)


def fail(node: Node, reason: str) -> int:
    """Notes that the open trial failed; answers how many trials of its arguments have."""
    memory = remembered(node)
    if memory.trial is None:
        return 0
    reasons = memory.failed.setdefault(memory.trial.hash, [])
    reasons.append(f"{reason} ({time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())})")
    memory.trial = None
    keep(node, memory)
    return len(reasons)


def abandon(node: Node) -> None:
    """Forgets the open trial: it was never booted, or its arguments are not asked any more."""
    memory = remembered(node)
    if memory.trial is not None:
        memory.trial = None
        keep(node, memory)


def succeed(node: Node, asked: list[str]) -> None:
    """Notes that these arguments run: the open trial is over, and their failures do not count any more."""
    memory = remembered(node)
    if memory.trial is not None or hash_of(asked) in memory.failed:
        memory.trial = None
        memory.failed.pop(hash_of(asked), None)
        keep(node, memory)


def forget_failures(node: Node) -> list[str]:
    """Lets every failed list of arguments be tried again."""
    memory = remembered(node)
    count = sum(len(reasons) for reasons in memory.failed.values())
    if count:
        memory.failed = {}
        keep(node, memory)
    return [f"{count} failed trials forgotten"]


def drop(node: Node) -> None:
    """Forgets the open trial and the failures, as revert does; the reboots stay counted."""
    memory = remembered(node)
    if memory.trial is None and not memory.failed:
        return
    keep(node, Memory(None, {}, memory.reboots))
