"""What the kernel sets bounds to: whether there is an IOMMU, and how much memory a process may lock."""

from __future__ import annotations

from ..node import Node
from ..vfio import GROUPS


def limits(node: Node) -> dict:
    return {
        "iommuGroups": len(node.names(GROUPS)),
        "iommuTable": iommu_table(node),
        "memlockKiB": _memlock_kib(node),
    }


def iommu_table(node: Node) -> str | None:
    """What the firmware describes an IOMMU with: Intel's ACPI table or AMD's. None: it has none, or it is turned off."""
    return next((name for name in ("DMAR", "IVRS") if node.exists(f"/sys/firmware/acpi/tables/{name}")), None)


def _memlock_kib(node: Node) -> int | None:
    """The soft limit of this login; None is no limit. `Max locked memory  8388608  8388608  bytes`."""
    for line in (node.read("/proc/self/limits") or "").splitlines():
        if line.startswith("Max locked memory"):
            soft = line[len("Max locked memory") :].split()[0]
            return int(soft) // 1024 if soft.isdigit() else None
    return None
