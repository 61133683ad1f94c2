"""What keeps a node from becoming a DPDK node: a line each, with its remedy. Looks, changes nothing."""

from __future__ import annotations

import re

from .bootloader.detect import describe
from .carddoctor import card_obstacles
from .hugepagedoctor import hugepage_lines
from .node import Node
from .planfile import kept
from .ranges import numbers
from .serviceplan import PODMAN, PODMAN_PROGRAM
from .stages.hugepages import NODES, memory_kib
from .stages.modules import lockdown
from .sysfs import value
from .vfio import has_groups
from .waitonline import waiting


def doctor(node: Node) -> list[str]:
    """Empty where nothing is in the way."""
    log = _kernel_log(node)
    return [
        line
        for look in (_iommu, _vfio, _lockdown, _hugepages, hugepage_lines, _numa_memory, _boot_loader, _service, _waiting)
        for line in look(node)
    ] + [*card_obstacles(node, log), *_rmrr(log)]


def _iommu(node: Node) -> list[str]:
    if has_groups(node):
        return []
    if node.exists("/sys/firmware/acpi/tables/DMAR") or node.exists("/sys/firmware/acpi/tables/IVRS"):
        return ["no IOMMU group, though the firmware describes an IOMMU: boot with intel_iommu=on, as plans do"]
    return ["no IOMMU: turn VT-d or AMD-Vi on in the firmware; without it vfio-pci cannot own a NIC"]


def _vfio(node: Node) -> list[str]:
    if node.exists("/sys/module/vfio_pci"):
        return []
    release = value(node, "/proc/sys/kernel/osrelease") or ""
    lists = (f"/lib/modules/{release}/{name}" for name in ("modules.dep", "modules.builtin"))
    if any("/vfio-pci.ko" in (node.read(file) or "") for file in lists):
        return []
    return [
        f"no module vfio-pci for the kernel {release}: install its full modules package (cloud kernels leave it out)"
    ]


def _lockdown(node: Node) -> list[str]:
    locked = lockdown(node)
    if locked == "none":
        return []
    return [
        f"the kernel is locked down ({locked}): only signed modules load and UIO is refused; use vfio-pci of the "
        "distribution's kernel, or turn secure boot off"
    ]


def _hugepages(node: Node) -> list[str]:
    found = (
        []
        if node.names("/sys/kernel/mm/hugepages")
        else ["no hugepages: the kernel was built without CONFIG_HUGETLBFS; use the distribution's server kernel"]
    )
    flags = re.search(r"^flags\s*:(.*)$", node.read("/proc/cpuinfo") or "", re.MULTILINE)
    if flags and "pdpe1gb" not in flags.group(1).split():
        found.append("no hugepages of 1G: the CPU has no pdpe1gb; plan with 2M")
    return found


def _numa_memory(node: Node) -> list[str]:
    found = []
    for name in node.names(NODES):
        if not re.match(r"^node[0-9]+$", name):
            continue
        has_cpus = numbers(value(node, f"{NODES}/{name}/cpulist") or "")
        if has_cpus and not memory_kib(node, int(name[len("node") :])):
            found.append(f"NUMA {name} has CPUs and no memory: put memory into its slots, or use the other node's CPUs")
    return found


def _boot_loader(node: Node) -> list[str]:
    loader = describe(node)
    if loader["oneShot"] is not None:
        return []
    return [
        f"kernel arguments cannot be tried: {loader['reason']}; set them by hand, a node that runs them needs no trial"
    ]


def _service(node: Node) -> list[str]:
    """What the service of the plan that was last asked for needs of the node itself."""
    plan = kept(node)
    if plan is None or not plan.get("service"):
        return []
    found = []
    if not node.exists("/sys/fs/cgroup/cgroup.controllers"):
        found.append(
            "no unified cgroups: the data plane's CPUs cannot be fenced; boot without systemd.unified_cgroup_hierarchy=0"
        )
    is_asked = any(spec.partition("=")[0] == "podman" for spec in plan["packages"])
    if plan["service"]["runtime"] == PODMAN and not node.exists(PODMAN_PROGRAM) and not is_asked:
        found.append("podman is not installed, and the service is to run in it: name podman under packages")
    return found


def _waiting(node: Node) -> list[str]:
    plan = kept(node)
    return waiting(node, plan) if plan is not None else []


def _rmrr(log: str) -> list[str]:
    """Firmware that keeps a device's memory to itself (HPE): the IOMMU then refuses to give the device away."""
    found = re.findall(
        r"^.*(?:ineligible for IOMMU domain attach|requires.*(?:RMRR|1:1 mapping)).*$", log, re.MULTILINE
    )
    return [
        f"the firmware claims a device ({line.strip()}): turn its shared memory features off (HPE: conrep), "
        "or use another slot"
        for line in dict.fromkeys(found)
    ]


def _kernel_log(node: Node) -> str:
    return node.ask("dmesg", "--notime").out
