"""The clock source, where the kernel offers the one that is asked for. It offers no tsc where it has found it unstable,
and most virtual machines have another: said, and no failure."""

from __future__ import annotations

from .. import kernelfiles
from ..kernelfiles import Setting
from ..node import Node
from ..stage import Finding
from ..sysfs import value
from ..tuningplan import asked, nothing

NAME = "clocksource"
PHASE = "run"

HOME = "/sys/devices/system/clocksource/clocksource0"
FILE = f"{HOME}/current_clocksource"


def check(node: Node, plan: dict) -> Finding:
    offered = value(node, f"{HOME}/available_clocksource") or "none"
    stays = f"the kernel offers no {asked(plan, 'clocksource')} ({offered}), {value(node, FILE)} stays"
    return kernelfiles.check(node, NAME, _settings(node, plan), nothing(plan, "clocksource", stays))


def apply(node: Node, plan: dict) -> None:
    kernelfiles.apply(node, NAME, _settings(node, plan))


def revert(node: Node) -> list[str]:
    return kernelfiles.revert(node, NAME)


def explain(node: Node, plan: dict) -> list[str]:
    return kernelfiles.explain(node, NAME, _settings(node, plan))


def _settings(node: Node, plan: dict) -> list[Setting]:
    wanted, now = asked(plan, "clocksource"), value(node, FILE)
    offered = (value(node, f"{HOME}/available_clocksource") or "").split()
    return [Setting(FILE, "the clock source", now, wanted)] if now and wanted in offered else []
