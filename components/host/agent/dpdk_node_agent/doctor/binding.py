"""Issue 1, "NIC binding fails": what is not on the driver that the plan asks for, and why. Never mended here: a bind
belongs to an `up`, whose next connection shows that the way in still works."""

from __future__ import annotations

from ..facts.nics import nics
from ..node import Node
from ..pci import driver, exists, group_members, interfaces, iommu_group, is_bridge, is_up, virtual_functions
from ..stages import nic_binding
from ..stages.modules import lockdown
from ..stages.nic_binding import Target
from ..sysfs import number, value
from ..vfio import DRIVER
from ..way_in import way_in
from .case import Case
from .finding import BINDING, Finding, by_stage

_UP = "run up again"
_STAGES = ("virtual-functions", "nic-binding")
# vfio accepts a group whose other members are without driver or on one of these (drivers/vfio/vfio_main.c).
_HARMLESS = {None, DRIVER, "pci-stub", "pcieport"}


def look(case: Case) -> list[Finding]:
    cards = [*_cards(case), *_targets(case)]
    return [*_vfio(case), *_lockdown(case), *_modules(case), *(cards or _others(case)), *_access(case)]


def _vfio(case: Case) -> list[Finding]:
    node = case.node
    if not case.wants_vfio or node.exists("/sys/module/vfio_pci"):
        return []
    release = value(node, "/proc/sys/kernel/osrelease") or ""
    lists = [f"/lib/modules/{release}/{name}" for name in ("modules.dep", "modules.builtin")]
    if any("/vfio-pci.ko" in (node.read(file) or "") for file in lists):
        return []
    return [
        Finding(
            BINDING,
            f"no module vfio-pci for the kernel {release}",
            "install its full modules package (cloud kernels leave it out)",
            f"no vfio-pci.ko in {' or '.join(lists)}",
        )
    ]


def _lockdown(case: Case) -> list[Finding]:
    """Only where it is in the way, or may be: a node that has all its modules is none the worse for it."""
    locked = lockdown(case.node)
    if locked == "none" or (case.plan is not None and case.check("modules").state == "ok"):
        return []
    return [
        Finding(
            BINDING,
            f"the kernel is locked down ({locked})",
            "only signed modules load and UIO is refused; use vfio-pci of the distribution's kernel, "
            "or turn secure boot off",
            value(case.node, "/sys/kernel/security/lockdown") or "",
        )
    ]


def _modules(case: Case) -> list[Finding]:
    if case.plan is None or case.lacks_iommu:
        return []
    checked = case.check("modules")
    if checked.state == "ok":
        return []
    return [by_stage(BINDING, "a module that the plan asks for is not as asked", checked.saw, "modules", True)]


def _cards(case: Case) -> list[Finding]:
    """A card that is not where the plan says: PCI addresses change with the hardware (systemd #33347), the MAC does
    not."""
    found = []
    there = nics(case.node)
    for nic in case.plan["nics"] if case.plan else []:
        if exists(case.node, nic["pci"]):
            continue
        now = [card["pci"] for card in there if card["mac"] and card["mac"] == (nic.get("mac") or "").lower()]
        mend = (
            f"write {now[0]} into hardware.nics.{nic['name']}.pci of the fleet file, then run up again"
            if now
            else "look whether the card is seated and powered (lspci)"
        )
        evidence = f"{nic.get('mac')} is at {now[0]}" if now else f"no card here has the address {nic.get('mac')}"
        found.append(Finding(BINDING, f"NIC {nic['name']} is not at {nic['pci']}", mend, evidence))
    return found


def _targets(case: Case) -> list[Finding]:
    if case.plan is None or case.lacks_iommu:
        return []  # without an IOMMU nothing can be bound, and that is told
    # A card that is not there is told above, with its functions.
    targets = [t for t in nic_binding.targets_of(case.node, case.plan) if exists(case.node, t.nic["pci"])]
    return [found for target in targets for found in _target(case.node, target, targets)]


def _others(case: Case) -> list[Finding]:
    """What else these stages see: what is left of an earlier plan, a timer that undoes a bind, another address."""
    checks = {name: case.check(name) for name in _STAGES} if case.plan is not None and not case.lacks_iommu else {}
    return [
        Finding(BINDING, f"the stage {name} is {found.state.value}", _UP, found.saw)
        for name, found in checks.items()
        if found.state != "ok"
    ]


def _target(node: Node, target: Target, targets: list[Target]) -> list[Finding]:
    pci = target.pci
    if pci is None or not exists(node, pci):
        card = target.nic["pci"]
        now = number(node, f"/sys/bus/pci/devices/{card}/sriov_numvfs")
        return [Finding(BINDING, f"{target.label} is not there", _UP, f"sriov_numvfs of {card} is {now}")]
    if driver(node, pci) != target.driver:
        cause, mend = _why(node, target)
        return [Finding(BINDING, f"{target.label} is not bound to {target.driver}: {cause}", mend, _seen(node, pci))]
    others = _in_the_way(node, pci, [other.pci for other in targets]) if target.driver == DRIVER else []
    if not others:
        return []
    return [
        Finding(
            BINDING,
            f"{target.label} is bound and cannot be opened: its IOMMU group is not viable",
            "bind all of the group, or use a slot with ACS",
            f"group {iommu_group(node, pci)} has {', '.join(f'{each} on {driver(node, each)}' for each in others)}",
        )
    ]


def _why(node: Node, target: Target) -> tuple[str, str]:
    """The cause that the node's state tells, and what mends it."""
    pci = str(target.pci)
    if pci in way_in(node).pci:
        return "it carries the way into the node", "choose another NIC in the fleet file"
    if target.driver == DRIVER and pci == target.nic["pci"] and virtual_functions(node, pci):
        return "it has virtual functions, and is not given away with them", "bind those in the fleet file, or none"
    up = [name for name in interfaces(node, pci) if is_up(node, name)]
    if up:
        return f"its interface {up[0]} is up with the kernel's driver", _UP
    if driver(node, pci) is None:
        return "no driver has it", _UP
    return "the kernel's driver has it", _UP


def _seen(node: Node, pci: str) -> str:
    override = value(node, f"/sys/bus/pci/devices/{pci}/driver_override")
    return f"{pci}: driver {driver(node, pci)}, driver_override {override}, IOMMU group {iommu_group(node, pci)}"


def _in_the_way(node: Node, pci: str, asked: list[str | None]) -> list[str]:
    group = iommu_group(node, pci)
    members = [] if group is None else group_members(node, group)
    return [
        other
        for other in members
        if other not in asked and not is_bridge(node, other) and driver(node, other) not in _HARMLESS
    ]


def _access(case: Case) -> list[Finding]:
    if case.plan is None:
        return []
    checked = case.check("vfio-access")
    if checked.state == "ok":
        return []
    return [by_stage(BINDING, "the data plane's group may not open its functions", checked.saw, "vfio-access", True)]
