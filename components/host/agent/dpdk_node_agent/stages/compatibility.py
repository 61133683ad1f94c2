"""Whether this machine can be what the plan says: CPU, kernel, memory, IOMMU, lockdown, page sizes, network cards.

Changes nothing. What cannot work is refused; what is less than recommended is a note of a finding that is ok."""

from __future__ import annotations

import re
from typing import Any, Callable

from .. import cpuinfo
from ..cardcheck import card_notes, card_refusals
from ..errors import Refused
from ..memorytotal import total_kib
from ..node import Node
from ..secureboot import secure_boot
from ..sizes import kib
from ..stage import Finding, ok, partial
from ..sysfs import value
from ..vfio import DRIVER, has_groups
from .modules import lockdown

NAME = "compatibility"
PHASE = "boot"

# DPDK's guide, "System Requirements"; the seed recommends 5.10.
_LEAST_KERNEL, _RECOMMENDED_KERNEL = (4, 14), (5, 10)
# The seed's minimum and recommendation. A note: the lab's guests have 2.5 GiB and are DPDK nodes.
_LITTLE_MEMORY, _RECOMMENDED_MEMORY = kib("16G"), kib("32G")
# DPDK's release notes, 17.08: "DPDK requires SSE4.2 to run on x86"; config/arm/meson.build, generic: armv8-a+crc.
_X86_NEEDS, _ARM_NEEDS = ("sse4_2",), ("asimd", "crc32")
_X86_NICE = ("avx2", "avx512f")
# How firmware describes an IOMMU: Intel's, AMD's, Arm's, a virtual machine's (Linux, drivers/acpi, virtio-iommu).
_TABLES = tuple(f"/sys/firmware/acpi/tables/{name}" for name in ("DMAR", "IVRS", "IORT", "VIOT"))
_POOLS = "/sys/kernel/mm/hugepages"

Looker = Callable[[Node, dict], "list[str]"]


def check(node: Node, plan: dict) -> Finding:
    found = _refusals(node, plan)
    if found:
        return partial("; ".join(found))
    return ok("; ".join(_notes(node, plan)) or "nothing is in the way")


def apply(node: Node, plan: dict) -> None:
    """Refuses what cannot work, every reason in one line; there is nothing to apply."""
    found = _refusals(node, plan)
    if found:
        raise Refused(
            "this machine cannot be what its plan says",
            where=plan["node"],
            value="; ".join(found),
            remedy="nothing was changed",
        )


def revert(_node: Node) -> list[str]:
    return []


def explain(node: Node, plan: dict) -> list[str]:
    return [f"refuse the plan: {line}" for line in _refusals(node, plan)]


def _refusals(node: Node, plan: dict) -> list[str]:
    """Each with its remedy in brackets."""
    looks: tuple[Looker, ...] = (_cpu, _kernel, _memory, _iommu, _uio, _page_sizes, card_refusals)
    return [line for look in looks for line in look(node, plan)]


def _notes(node: Node, plan: dict) -> list[str]:
    looks: tuple[Looker, ...] = (_cpu_notes, _kernel_notes, _memory_notes, _trust_notes, _iommu_notes, card_notes)
    return [line for look in looks for line in look(node, plan)]


# --- CPU --------------------------------------------------------------------------------------------------------------


def _cpu(node: Node, plan: dict) -> list[str]:
    flags = cpuinfo.flags(node)
    if not flags:
        return []
    needed = (*(_ARM_NEEDS if cpuinfo.is_arm(node) else _X86_NEEDS), *_required(plan, "cpuFlags", []))
    missing = [flag for flag in dict.fromkeys(needed) if flag not in flags]
    lacks = f"the CPU has no {', '.join(missing)} (DPDK or `requirements` needs it: use another CPU)"
    return [lacks] if missing else []


def _cpu_notes(node: Node, _plan: dict) -> list[str]:
    flags = cpuinfo.flags(node)
    if not flags:
        return ["/proc/cpuinfo tells no CPU flags"]
    wanted = _ARM_NEEDS if cpuinfo.is_arm(node) else (*_X86_NEEDS, *_X86_NICE)
    there = [flag for flag in wanted if flag in flags]
    absent = [flag for flag in wanted if flag not in flags]
    return [f"CPU with {', '.join(there)}" + (f", without {', '.join(absent)}" if absent else "")]


# --- kernel and memory ------------------------------------------------------------------------------------------------


def _kernel(node: Node, plan: dict) -> list[str]:
    release, found = _release(node)
    asked = _required(plan, "kernel", "")
    least = max(_LEAST_KERNEL, _version(asked) or _LEAST_KERNEL)
    if found is None or found >= least:
        return []
    return [f"kernel {release}, {_text(least)} is the least (install a newer one)"]


def _kernel_notes(node: Node, _plan: dict) -> list[str]:
    release, found = _release(node)
    if found is None or found >= _RECOMMENDED_KERNEL:
        return []
    return [f"kernel {release}, {_text(_RECOMMENDED_KERNEL)} or later is recommended"]


def _memory(node: Node, plan: dict) -> list[str]:
    total, asked = total_kib(node), _required(plan, "memoryKiB", 0)
    if total is None or total >= asked:
        return []
    return [f"{_gib(total)} of memory, `requirements` asks for {_gib(asked)} (add memory, or ask for less)"]


def _memory_notes(node: Node, _plan: dict) -> list[str]:
    total = total_kib(node)
    if total is None or total >= _RECOMMENDED_MEMORY:
        return []
    if total < _LITTLE_MEMORY:
        return [f"{_gib(total)} of memory, a validator needs {_gib(_LITTLE_MEMORY)} or more"]
    return [f"{_gib(total)} of memory, {_gib(_RECOMMENDED_MEMORY)} or more are recommended"]


def _release(node: Node) -> tuple[str, tuple[int, int] | None]:
    release = value(node, "/proc/sys/kernel/osrelease") or ""
    return release, _version(release)


def _version(text: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _gib(amount_kib: int) -> str:
    return f"{round(amount_kib / kib('1G'), 1):g} GiB"


def _required(plan: dict, name: str, default: Any) -> Any:
    """What the fleet file's `requirements` asks for beyond what DPDK needs."""
    return (plan.get("requirements") or {}).get(name, default)


# --- IOMMU, lockdown, pages -------------------------------------------------------------------------------------------


def _drivers(plan: dict) -> set[str]:
    """Every driver that a function of the plan is handed to."""
    handed = {nic["bind"] for nic in plan["nics"] if nic.get("bind")}
    return handed | {function["driver"] for nic in plan["nics"] for function in nic["virtualFunctions"]}


def _iommu(node: Node, plan: dict) -> list[str]:
    """Before the plan's kernel arguments are at work there are no groups yet; the firmware's table tells then."""
    if plan.get("vfioNoIommu"):
        return []  # asked for by name
    if DRIVER not in _drivers(plan) or has_groups(node) or _is_described(node):
        return []
    return [
        "vfio-pci is asked for and there is no IOMMU (turn VT-d or AMD-Vi on in the firmware, or give the virtual "
        "machine one)"
    ]


def _iommu_notes(node: Node, plan: dict) -> list[str]:
    waits = DRIVER in _drivers(plan) and not has_groups(node)
    return ["the IOMMU is there and not at work yet"] if waits else []


def _is_described(node: Node) -> bool:
    # Where a device tree describes the machine, an IOMMU that is not at work cannot be told by a table.
    return any(node.exists(table) for table in _TABLES) or node.exists("/sys/firmware/devicetree/base")


def _uio(node: Node, plan: dict) -> list[str]:
    """A kernel that is locked down gives no process a device's memory without an IOMMU (DPDK guide, linux_drivers)."""
    asked = sorted(name for name in {*_drivers(plan), *plan["modules"]} if "uio" in name)
    locked = lockdown(node)
    if not asked or locked == "none":
        return []
    return [f"{', '.join(asked)} on a kernel that is locked down ({locked}) (use vfio-pci)"]


def _trust_notes(node: Node, _plan: dict) -> list[str]:
    locked = lockdown(node)
    found = [] if locked == "none" else [f"the kernel is locked down ({locked})"]
    found += ["secure boot is on"] if secure_boot(node) else []
    return [f"{' and '.join(found)}: only signed modules load, so vfio-pci must be the distribution's"] if found else []


def _page_sizes(node: Node, plan: dict) -> list[str]:
    """Sizes that can be had. On x86 the CPU's flag decides about 1G: a kernel may list that size only from boot on."""
    asked = {pool["size"] for pool in plan["hugepages"] if pool["pages"]}
    if not asked:
        return []
    if not node.names(_POOLS):
        return ["the kernel has no hugepages (it has no CONFIG_HUGETLBFS: use the distribution's server kernel)"]
    flags = cpuinfo.flags(node)
    if "1G" in asked and flags and not cpuinfo.is_arm(node) and "pdpe1gb" not in flags:
        return ["hugepages of 1G on a CPU without pdpe1gb (plan with 2M)"]
    missing = [size for size in sorted(asked) if cpuinfo.is_arm(node) and not _has_pool(node, size)]
    return [f"the kernel has no hugepages of {size} (it has {_sizes(node)})" for size in missing]


def _has_pool(node: Node, size: str) -> bool:
    return node.exists(f"{_POOLS}/hugepages-{kib(size)}kB")


def _sizes(node: Node) -> str:
    return ", ".join(name[len("hugepages-") :] for name in node.names(_POOLS))
