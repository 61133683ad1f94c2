"""The tuning that a plan asks for, and the CPU sets that it is about. Pure."""

from __future__ import annotations

import re
from typing import Any

from .errors import Refused
from .ranges import as_list, numbers

_CPUS = r"^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$"
_WORD = r"^[a-z][a-z0-9_-]*$"
_NOT_ASKED = "not asked for"


def asked(plan: dict, key: str) -> Any:
    """What the plan's tuning says of this, or None."""
    return (plan.get("tuning") or {}).get(key)


def nothing(plan: dict, key: str, missing: str) -> str:
    """What is said where a stage has nothing to set: nobody asks, or the machine has it not."""
    return missing if asked(plan, key) is not None else _NOT_ASKED


def isolated(plan: dict) -> set[int]:
    return set(numbers(plan["cpus"]["isolated"]))


def housekeeping(plan: dict) -> str:
    """The CPU list of all other CPUs, as ranges."""
    return as_list(numbers(plan["cpus"]["housekeeping"]))


def kept_off(cpus: set[int], plan: dict) -> set[int]:
    """These CPUs without the isolated ones; where none is left, all housekeeping CPUs. A narrower choice that somebody
    made, the kernel by the NUMA node or irqbalance by the load, stays one."""
    return (cpus - isolated(plan)) or set(numbers(housekeeping(plan)))


def refuse_unsafe(plan: dict) -> None:
    """Refuses what would mean something else in a file of systemd's or irqbalance's."""
    tuning = plan.get("tuning")
    if not tuning:
        return
    for name in ("housekeeping", "isolated"):
        if not re.match(_CPUS, plan["cpus"][name]):
            raise Refused(
                "tuning needs a CPU list here",
                where=f"plan.cpus.{name}",
                value=repr(plan["cpus"][name]),
                remedy="write a CPU list such as 0-1,4",
            )
    for name, text in tuning.items():
        if isinstance(text, str) and not re.match(_WORD, text):
            raise Refused(
                "the plan needs one word here", where=f"plan.tuning.{name}", value=repr(text), remedy="correct the plan"
            )
