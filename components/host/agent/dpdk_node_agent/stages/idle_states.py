"""Idle states (C-states) of the isolated CPUs that take too long to leave are disabled. A virtual machine has none.

`latency` is the exit latency in us, `disable` keeps the governor from a state
(Documentation/admin-guide/pm/cpuidle.rst)."""

from __future__ import annotations

from .. import kernelfiles
from ..kernelfiles import Setting
from ..node import Node
from ..stage import Finding
from ..sysfs import number, value
from ..tuningplan import asked, isolated, nothing

NAME = "idle-states"
PHASE = "run"

_NO_STATE = "no idle state that takes longer on this machine (a virtual machine has none)"


def check(node: Node, plan: dict) -> Finding:
    return kernelfiles.check(node, NAME, _settings(node, plan), nothing(plan, "idleExitLatency", _NO_STATE))


def apply(node: Node, plan: dict) -> None:
    kernelfiles.apply(node, NAME, _settings(node, plan))


def revert(node: Node) -> list[str]:
    return kernelfiles.revert(node, NAME)


def explain(node: Node, plan: dict) -> list[str]:
    return kernelfiles.explain(node, NAME, _settings(node, plan))


def _settings(node: Node, plan: dict) -> list[Setting]:
    longest = asked(plan, "idleExitLatency")
    if longest is None:
        return []
    found = []
    for cpu in sorted(isolated(plan)):
        home = f"/sys/devices/system/cpu/cpu{cpu}/cpuidle"
        for state in node.names(home):
            latency, now = number(node, f"{home}/{state}/latency"), value(node, f"{home}/{state}/disable")
            if latency is not None and now is not None and latency > longest:
                name = value(node, f"{home}/{state}/name") or state
                called = f"disable of {name} ({latency} us) of CPU {cpu}"
                found.append(Setting(f"{home}/{state}/disable", called, now, "1"))
    return found
