"""Issue 4, "low performance", of Amazon's ENA: its memory is mapped in another way than it needs.

ENA's low latency queues (LLQ) take descriptors and headers in the card's own memory. Without write combining each of
these writes is a slow transaction: "high CPU usage and loss of performance" (amzn-drivers, userspace/dpdk/README.md,
6.1; how to see it: 6.2.3). To turn the queues off is no gain, and from the 6th generation of instances on "a huge
negative impact" (5.1, enable_llq). vfio-pci of Linux maps nothing so; amzn-drivers has a patch, which was without
effect on some systems (its issues 333 and 348)."""

from __future__ import annotations

from ..cpuinfo import is_arm
from ..ena import functions
from ..memorytypes import LIST, WRITE_COMBINING, memory_types
from ..node import Node
from ..pci import DEVICES
from ..stages.modules import lockdown
from ..sysfs import value
from ..vfio import DRIVER
from .case import Case
from .finding import PERFORMANCE, Finding

_BAR = 2  # ENA_MEM_BAR (drivers/net/ena/ena_ethdev.h)
_PREFETCHABLE = 0x2000  # IORESOURCE_PREFETCH (include/linux/ioport.h); the patch maps only what has it
_MODULES = ("vfio_pci_core", "vfio_pci")  # the first since Linux 5.15
_PATCH = "an image whose vfio-pci has amzn-drivers' write-combining patch, and whose kernel the patch knows (to 6.8)"


def look(case: Case) -> list[Finding]:
    return [found for pci in functions(case.node, DRIVER) for found in _function(case, pci)]


def _function(case: Case, pci: str) -> list[Finding]:
    memory = _queue_memory(case.node, pci)
    if memory is None:
        return []  # ENA's first hardware has no such queues
    types = memory_types(case.node, *memory)
    if types is None:
        return [_untold(case.node, pci)] if _is_in_use(case, pci) else []
    others = sorted(types - {WRITE_COMBINING})
    # Nothing is mapped while no program has the function.
    return [_slow(case.node, pci, memory, others)] if others else []


def _queue_memory(node: Node, pci: str) -> tuple[int, int] | None:
    """First and last address: /sys/bus/pci/devices/…/resource has a line for each BAR, its start, end and flags."""
    lines = (value(node, f"{DEVICES}/{pci}/resource") or "").splitlines()
    if len(lines) <= _BAR:
        return None
    first, last, flags = (int(number, 16) for number in lines[_BAR].split())
    return (first, last) if flags & _PREFETCHABLE else None


def _is_in_use(case: Case, pci: str) -> bool:
    if case.data_plane is None or case.data_plane["unit"]["active"] != "active":
        return False
    return case.plan is not None and pci in case.plan["service"]["functions"]


def _slow(node: Node, pci: str, memory: tuple[int, int], types: list[str]) -> Finding:
    cause = (
        f"{pci} is mapped {' and '.join(types)} and not {WRITE_COMBINING}, which its low latency queues need: what it "
        "sends goes in slow writes, at the cost of CPU time and throughput"
    )
    evidence = f"{LIST} has BAR {_BAR} (0x{memory[0]:x}-0x{memory[1]:x}) as {' and '.join(types)}; {_module(node)}"
    mend = f"boot {_PATCH}; to turn the queues off (enable_llq=0) is no way out from the 6th generation of instances on"
    return Finding(PERFORMANCE, cause, mend, evidence)


def _untold(node: Node, pci: str) -> Finding:
    """A port runs, and nothing here shows how it is mapped."""
    if is_arm(node):
        why, mend = "Arm has no list of memory types", f"make sure that it is {_PATCH}"
    elif not node.exists(LIST):
        why, mend = "debugfs is not mounted", "sudo mount -t debugfs debugfs /sys/kernel/debug, then run doctor again"
    else:
        why = "the kernel lets nobody read its list of memory types"
        mend = "look once at the same image booted without secure boot, whose lockdown closes debugfs"
    evidence = f"no {LIST}" if not node.exists(LIST) else f"{LIST} cannot be read, lockdown is {lockdown(node)}"
    cause = f"whether {pci} is mapped {WRITE_COMBINING} cannot be told: {why}"
    return Finding(PERFORMANCE, cause, mend, f"{evidence}; {_module(node)}")


def _module(node: Node) -> str:
    """Where vfio-pci comes from: a module that was built outside the kernel's tree taints with O
    (Documentation/ABI/testing/sysfs-module)."""
    if any("O" in (value(node, f"/sys/module/{name}/taint") or "") for name in _MODULES):
        return "vfio-pci was built outside the kernel's tree, so it may have the patch"
    return "vfio-pci is the kernel's own, which has no patch unless the whole kernel was built anew"
