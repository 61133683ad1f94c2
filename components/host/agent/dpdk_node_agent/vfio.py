"""What vfio-pci needs from a machine, and who is using what it has been given."""

from __future__ import annotations

import os

from . import servicestate
from .errors import Refused
from .node import Node
from .pci import iommu_group
from .sysfs import value

DRIVER = "vfio-pci"
GROUPS = "/sys/kernel/iommu_groups"


def has_groups(node: Node) -> bool:
    """Whether an IOMMU is at work; without one vfio-pci cannot own a function, but for its no-IOMMU mode."""
    return any(not is_without_iommu(node, int(name)) for name in node.names(GROUPS) if name.isdigit())


def is_without_iommu(node: Node, group: int) -> bool:
    """A group that vfio itself has made, because there is no IOMMU (drivers/vfio/group.c, vfio_noiommu_group_alloc)."""
    return value(node, f"{GROUPS}/{group}/name") == "vfio-noiommu"


def device(node: Node, group: int) -> str:
    """Where an application opens a group."""
    return f"/dev/vfio/{'noiommu-' if is_without_iommu(node, group) else ''}{group}"


def require_groups(node: Node, plan: dict) -> None:
    """Refuses where no IOMMU is at work and the plan does not ask by name to go without."""
    if not has_groups(node) and not plan.get("vfioNoIommu"):
        raise Refused(
            "vfio-pci cannot own a NIC: no IOMMU is at work",
            where=GROUPS,
            value="no IOMMU group",
            remedy="boot with intel_iommu=on (AMD needs no argument) and turn VT-d or AMD-Vi on in the firmware",
        )


def holders(node: Node, group: int) -> list[int]:
    """The processes that have /dev/vfio/GROUP open."""
    path = device(node, group)
    return [int(pid) for pid in node.names("/proc") if pid.isdigit() and _has_open(node, pid, path)]


def require_unused(node: Node, pci: str) -> None:
    """Refuses where a process drives the function."""
    pids, group = _holders_of(node, pci), iommu_group(node, pci)
    if pids and group is not None:
        raise Refused(
            "the NIC function is in use",
            where=pci,
            value=f"process {', '.join(map(str, pids))} with {device(node, group)} open",
            remedy="stop it, then try again",
        )


def free(node: Node, pci: str) -> None:
    """Taking a function from the process that drives it would hang the kernel's unbind until the process ends. Our own
    data plane is stopped for it; its stage, which comes later, sees that and starts it again. Others are refused."""
    if servicestate.is_ours(node) and any(servicestate.has(node, pid) for pid in _holders_of(node, pci)):
        servicestate.stop(node)
    require_unused(node, pci)


def _holders_of(node: Node, pci: str) -> list[int]:
    group = iommu_group(node, pci)
    return [] if group is None else holders(node, group)


def _has_open(node: Node, pid: str, path: str) -> bool:
    folder = f"/proc/{pid}/fd"
    try:
        return any(_target(node, f"{folder}/{name}") == path for name in node.names(folder))
    except OSError:
        return False


def _target(node: Node, link: str) -> str | None:
    try:
        return os.readlink(node.place(link))
    except OSError:
        return None
