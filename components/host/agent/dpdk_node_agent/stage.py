"""What every stage is: a module of `stages/` with these names and no others that the agent relies on.

    NAME: str                                  how it is called, with hyphens
    PHASE: "boot" | "run"                      boot: needs a reboot to take effect; run: takes effect at once
    check(node, plan) -> Finding               looks, changes nothing
    apply(node, plan) -> None                  saves the previous value first, then changes; idempotent
    revert(node) -> list[str]                  puts back exactly what was saved; a line for each thing done;
                                               a line that starts with "reboot:" says what comes back at the next boot
    explain(node, plan) -> list[str]           what apply would do, a line each; empty where nothing

`plan` is the host plan (components/host/plan.example.json) as parsed JSON. A stage never prints; the agent does.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(str, Enum):
    """What a check can answer."""

    OK = "ok"
    ABSENT = "absent"
    PARTIAL = "partial"
    UNVERIFIABLE = "unverifiable"


class Finding(NamedTuple):
    """A state, and what was seen, written for a person."""

    state: State
    saw: str


def ok(saw: str) -> Finding:
    return Finding(State.OK, saw)


def absent(saw: str) -> Finding:
    return Finding(State.ABSENT, saw)


def partial(saw: str) -> Finding:
    return Finding(State.PARTIAL, saw)


def unverifiable(saw: str) -> Finding:
    return Finding(State.UNVERIFIABLE, saw)
