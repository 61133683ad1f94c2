"""Issue 4, "low performance": CPUs that others use too, memory and cards on the wrong NUMA node, a slow slot."""

from __future__ import annotations

import re

from ..cmdline import HUGEPAGES, key, subject
from ..facts.cpus import isolated, numa_nodes
from ..node import Node
from ..pci import DEVICES
from ..ranges import numbers
from ..stages.hugepages import NODES, memory_kib
from ..sysfs import number, value
from .case import Case
from .finding import PERFORMANCE, Finding, by_stage
from .iommu import is_iommus

_REBOOT = "run up again, which reboots the node"


def look(case: Case) -> list[Finding]:
    found = _memory(case.node)
    if case.plan is None:
        return found
    return [*found, *_isolation(case), *_alignment(case), *_slots(case), *_sysctl(case)]


def _memory(node: Node) -> list[Finding]:
    found = []
    for name in node.names(NODES):
        if not re.match(r"^node[0-9]+$", name):
            continue
        has_cpus = numbers(value(node, f"{NODES}/{name}/cpulist") or "")
        if has_cpus and not memory_kib(node, int(name[len("node") :])):
            mend = "put memory into its slots, or use the other node's CPUs"
            evidence = f"MemTotal of {name} is 0"
            found.append(Finding(PERFORMANCE, f"NUMA {name} has CPUs and no memory", mend, evidence))
    return found


def _isolation(case: Case) -> list[Finding]:
    assert case.plan is not None
    found = []
    wanted = [token for token in case.plan["kernel"]["arguments"] if key(token) == "isolcpus"]
    shared = sorted(set(numbers(case.plan["cpus"]["isolated"])) - set(numbers(isolated(case.node))))
    if wanted and shared:
        cause = f"the scheduler uses CPUs of the data plane: {', '.join(map(str, shared))}"
        evidence = f"/sys/devices/system/cpu/isolated is {isolated(case.node) or 'empty'}, asked {wanted[0]}"
        found.append(Finding(PERFORMANCE, cause, _REBOOT, evidence))
    others = [
        token
        for token in case.not_running()
        if not is_iommus(token) and subject(token) != HUGEPAGES and (token not in wanted or not shared)
    ]
    if others:
        cause = "the running kernel lacks arguments that the plan asks for"
        found.append(Finding(PERFORMANCE, cause, _REBOOT, f"/proc/cmdline lacks {' '.join(others)}"))
    return found


def _alignment(case: Case) -> list[Finding]:
    """Packets that are polled on another NUMA node than their card's cross the socket's link twice."""
    assert case.plan is not None
    service = case.plan.get("service")
    if not service:
        return []
    lcores = set(numbers(service["lcores"]))
    found = []
    for pci in service["functions"]:
        numa = number(case.node, f"{DEVICES}/{pci}/numa_node")
        if numa is None or numa < 0:
            continue  # the firmware does not say
        near = next((set(numbers(each["cpus"])) for each in numa_nodes(case.node) if each["id"] == numa), set())
        if lcores & near:
            continue
        cause = f"{pci} is on NUMA node {numa}, and none of its CPUs polls"
        evidence = f"numa_node {numa}, whose CPUs are {_text(near)}; lcores are {service['lcores']}"
        mend = "choose cpus.isolated and dataPlane.lcores of that node in the fleet file, then run up again"
        found.append(Finding(PERFORMANCE, cause, mend, evidence))
    return found


def _slots(case: Case) -> list[Finding]:
    """A card that got fewer lanes, or slower ones, than it has: Documentation/ABI/testing/sysfs-bus-pci. Under
    virtualisation the files are not there, or say Unknown."""
    assert case.plan is not None
    found = []
    for nic in case.plan["nics"]:
        home = f"{DEVICES}/{nic['pci']}"
        width, most = number(case.node, f"{home}/current_link_width"), number(case.node, f"{home}/max_link_width")
        speed = _transfers(value(case.node, f"{home}/current_link_speed"))
        best = _transfers(value(case.node, f"{home}/max_link_speed"))
        if not (width and most and speed and best) or width * speed >= most * best:
            continue
        cause = f"the slot of {nic['name']} gives it less than it can use"
        evidence = f"{nic['pci']}: x{width} at {speed:g} GT/s, the card has x{most} at {best:g} GT/s"
        found.append(Finding(PERFORMANCE, cause, "move the card to another slot, or seat it again", evidence))
    return found


def _transfers(text: str | None) -> float | None:
    """`8.0 GT/s PCIe` as a number."""
    found = re.match(r"^([0-9.]+) GT/s", text or "")
    return float(found.group(1)) if found else None


def _sysctl(case: Case) -> list[Finding]:
    checked = case.check("sysctl")
    if checked.state == "ok":
        return []
    return [by_stage(PERFORMANCE, "kernel parameters are not as asked", checked.saw, "sysctl", True)]


def _text(cpus: set[int]) -> str:
    return ",".join(map(str, sorted(cpus))) or "none"
