"""One function handed from one driver to another, by the kernel's driver_override, and read back."""

from __future__ import annotations

from .errors import AgentError, Refused
from .node import Node
from .pci import DEVICES, driver, interfaces, iommu_group, is_up
from .polling import until
from .sysfs import value
from .vfio import DRIVER, device, free

DRIVERS = "/sys/bus/pci/drivers"
# A probe returns when it is done; what udev does afterwards (/dev/vfio/N, the interface) took less than 1 s in an
# emulated guest.
PROBE_SECONDS = 15


def original(node: Node, pci: str) -> dict:
    """What has to be known to give a function back."""
    override = value(node, f"{DEVICES}/{pci}/driver_override")
    return {
        "kind": _kind(node, pci),
        "driver": driver(node, pci),
        "override": "" if override in (None, "(null)") else override,
        "interfaces": interfaces(node, pci),
        "up": any(is_up(node, name) for name in interfaces(node, pci)),
    }


def is_bound(node: Node, pci: str, wanted: str) -> bool:
    """Whether the driver has the function, and an application can open it where the driver is vfio-pci."""
    if driver(node, pci) != wanted:
        return False
    group = iommu_group(node, pci)
    return wanted != DRIVER or (group is not None and node.exists(device(node, group)))


def bind(node: Node, pci: str, wanted: str) -> None:
    """Gives a function to `wanted`, whoever has it now."""
    if driver(node, pci) == DRIVER:
        free(node, pci)
    node.write_value(f"{DEVICES}/{pci}/driver_override", wanted)
    _take(node, pci, wanted)
    if not until(lambda: is_bound(node, pci, wanted), PROBE_SECONDS):
        raise AgentError(
            f"{wanted} did not take the function",
            where=pci,
            value=f"driver {driver(node, pci)}",
            remedy="look at dmesg: RMRR or an IOMMU group that is not viable are usual reasons",
        )


def give_back(node: Node, pci: str, before: dict) -> str:
    """Puts driver, override and interface back as `original` found them. After a reboot another device may have the
    address: one of another kind keeps its driver, and a card of the same kind is on its own driver already."""
    if before.get("kind") not in (None, _kind(node, pci)):
        return f"{pci}: another device is there now, left as it is"
    now = driver(node, pci)
    if now != before["driver"] and now == DRIVER:
        free(node, pci)
    node.write_value(f"{DEVICES}/{pci}/driver_override", before["override"] or "\n")
    if now != before["driver"]:
        _take(node, pci, before["driver"])
        if not until(lambda: driver(node, pci) == before["driver"], PROBE_SECONDS):
            raise AgentError(
                f"{before['driver']} did not take the function back",
                where=pci,
                value=f"driver {driver(node, pci)}",
                remedy="look at dmesg, then revert again",
            )
    _up_again(node, pci, before)
    return f"{pci}: driver {before['driver'] or 'none'} as before"


def _kind(node: Node, pci: str) -> str:
    return ":".join(value(node, f"{DEVICES}/{pci}/{name}") or "" for name in ("class", "vendor", "device"))


def refuse_missing_driver(node: Node, wanted: str) -> None:
    if not node.exists(f"{DRIVERS}/{wanted}"):
        raise Refused(f"the kernel has no driver {wanted}", where=DRIVERS, remedy=f"name {wanted} under modules")


def _take(node: Node, pci: str, wanted: str | None) -> None:
    now = driver(node, pci)
    if now == wanted:
        return
    if now is not None:
        node.write_value(f"{DEVICES}/{pci}/driver/unbind", pci)
    if wanted is not None:
        node.write_value("/sys/bus/pci/drivers_probe", pci)


def _up_again(node: Node, pci: str, before: dict) -> None:
    if not before["up"] or not until(lambda: bool(interfaces(node, pci)), PROBE_SECONDS):
        return
    for name in interfaces(node, pci):
        if not is_up(node, name):
            node.run("ip", "link", "set", name, "up")
