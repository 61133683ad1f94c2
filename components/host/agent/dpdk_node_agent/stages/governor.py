"""The CPU frequency governor of the isolated CPUs. A virtual machine has none, which is said and no failure."""

from __future__ import annotations

from .. import kernelfiles
from ..errors import Refused
from ..kernelfiles import Setting
from ..node import Node
from ..stage import Finding
from ..sysfs import value
from ..tuningplan import asked, isolated, nothing

NAME = "governor"
PHASE = "run"

_NO_CPUFREQ = "no CPU frequency to govern on this machine (a virtual machine has none)"


def check(node: Node, plan: dict) -> Finding:
    return kernelfiles.check(node, NAME, _settings(node, plan), nothing(plan, "governor", _NO_CPUFREQ))


def apply(node: Node, plan: dict) -> None:
    settings = _settings(node, plan)
    for setting in settings:
        _refuse_unknown(node, setting)
    kernelfiles.apply(node, NAME, settings)


def revert(node: Node) -> list[str]:
    return kernelfiles.revert(node, NAME)


def explain(node: Node, plan: dict) -> list[str]:
    return kernelfiles.explain(node, NAME, _settings(node, plan))


def _settings(node: Node, plan: dict) -> list[Setting]:
    wanted = asked(plan, "governor")
    found = []
    for cpu in sorted(isolated(plan)) if wanted else []:
        path = f"/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor"
        now = value(node, path)
        if now is not None:
            found.append(Setting(path, f"the governor of CPU {cpu}", now, wanted))
    return found


def _refuse_unknown(node: Node, setting: Setting) -> None:
    offered = value(node, setting.path.replace("scaling_governor", "scaling_available_governors")) or ""
    if setting.text not in offered.split():
        raise Refused(
            "the CPU's frequency driver has no such governor",
            where="tuning.governor",
            value=setting.text,
            remedy=f"choose among {offered or 'none'}",
        )
