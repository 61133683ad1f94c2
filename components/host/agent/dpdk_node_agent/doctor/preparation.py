"""What keeps a server from becoming a DPDK node, beside IOMMU, binding and memory."""

from __future__ import annotations

from ..bootloader.detect import describe
from ..carddoctor import card_obstacles
from ..node import Node
from ..serviceplan import PODMAN, PODMAN_PROGRAM
from ..stages import ALL
from ..waitonline import waiting
from .case import Case
from .finding import CRASHES, PERFORMANCE, PREPARATION, Finding, by_line

# Stages that a subject of their own tells of.
_ELSEWHERE = ("modules", "hugepages", "hugepage-mounts", "sysctl", "vfio-access", "virtual-functions", "nic-binding")


def look(case: Case) -> list[Finding]:
    return [*_boot_loader(case.node), *_stages(case), *_service(case), *_cards(case)]


def _cards(case: Case) -> list[Finding]:
    """What is in the way of cards, and what will wait at boot for one that DPDK has taken."""
    lines = card_obstacles(case.node, case.log)
    if case.plan is not None:
        lines += waiting(case.node, case.plan)
    return [by_line(PREPARATION, line) for line in lines]


def _boot_loader(node: Node) -> list[Finding]:
    loader = describe(node)
    if loader["oneShot"] is not None:
        return []
    mend = "set them by hand, a node that runs them needs no trial"
    return [
        Finding(PREPARATION, f"kernel arguments cannot be tried: {loader['reason']}", mend, str(loader["config"] or ""))
    ]


def _stages(case: Case) -> list[Finding]:
    """What the plan asks for and no other subject is about, stages to come included."""
    if case.plan is None:
        return []
    found = []
    for name in (name for name in ALL if name not in _ELSEWHERE and not _is_told(case, name)):
        checked = case.check(name)
        if checked.state != "ok":
            cause = f"the stage {name} is {checked.state.value}"
            found.append(Finding(PREPARATION, cause, "run up again", checked.saw))
    return found


def _is_told(case: Case, name: str) -> bool:
    """Arguments that do not run and a service that does not run are told with their causes."""
    if name == "service":
        return not case.service_is_up
    return name == "kernel-arguments" and bool(case.not_running())


def _service(case: Case) -> list[Finding]:
    """What the service of the plan that was last asked for needs of the node itself."""
    node, plan = case.node, case.plan
    if plan is None or not plan.get("service"):
        return []
    found = []
    if not node.exists("/sys/fs/cgroup/cgroup.controllers"):
        found.append(
            Finding(
                PERFORMANCE,
                "no unified cgroups",
                "the data plane's CPUs cannot be fenced; boot without systemd.unified_cgroup_hierarchy=0",
                "/sys/fs/cgroup/cgroup.controllers is not there",
            )
        )
    is_asked = any(spec.partition("=")[0] == "podman" for spec in plan["packages"])
    if plan["service"]["runtime"] == PODMAN and not node.exists(PODMAN_PROGRAM) and not is_asked:
        found.append(
            Finding(
                CRASHES,
                "podman is not installed, and the service is to run in it",
                "name podman under packages",
                f"{PODMAN_PROGRAM} is not there",
            )
        )
    return found
