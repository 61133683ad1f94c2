"""A PCI function as sysfs shows it: its driver, IOMMU group, interfaces, virtual functions."""

from __future__ import annotations

import os
import re

from .node import Node
from .sysfs import number, value

DEVICES = "/sys/bus/pci/devices"
NETWORK = "/sys/class/net"
ADDRESS = r"^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$"


def exists(node: Node, pci: str) -> bool:
    return node.exists(f"{DEVICES}/{pci}")


def driver(node: Node, pci: str) -> str | None:
    """The kernel driver that owns a function; None: nobody does."""
    return node.link_name(f"{DEVICES}/{pci}/driver")


def iommu_group(node: Node, pci: str) -> int | None:
    name = node.link_name(f"{DEVICES}/{pci}/iommu_group")
    return int(name) if name is not None and name.isdigit() else None


def group_members(node: Node, group: int) -> list[str]:
    """Every function that shares an IOMMU group: they can only be given away together."""
    return node.names(f"/sys/kernel/iommu_groups/{group}/devices")


def is_bridge(node: Node, pci: str) -> bool:
    """PCI class 0x06 is a bridge; vfio leaves those of a group with their kernel driver."""
    return (value(node, f"{DEVICES}/{pci}/class") or "").startswith("0x06")


def interfaces(node: Node, pci: str) -> list[str]:
    """The network interfaces of a function; virtio keeps them one folder deeper."""
    found = node.names(f"{DEVICES}/{pci}/net")
    if found:
        return found
    for child in node.names(f"{DEVICES}/{pci}"):
        if child.startswith("virtio"):
            found += node.names(f"{DEVICES}/{pci}/{child}/net")
    return found


def own_mac(node: Node, interface: str) -> str | None:
    """The address that the card came with: a bond gives its members an address of its own."""
    permanent = value(node, f"{NETWORK}/{interface}/bonding_slave/perm_hwaddr")
    return permanent or value(node, f"{NETWORK}/{interface}/address")


def is_up(node: Node, interface: str) -> bool:
    """IFF_UP, bit 0 of the interface's flags (include/uapi/linux/if.h)."""
    return bool((number(node, f"{NETWORK}/{interface}/flags") or 0) & 1)


def carrier(node: Node, interface: str) -> bool:
    return value(node, f"{NETWORK}/{interface}/carrier") == "1"


def physical_function(node: Node, pci: str) -> str | None:
    """The function that a virtual function belongs to."""
    return node.link_name(f"{DEVICES}/{pci}/physfn")


def virtual_function(node: Node, pci: str, index: int) -> str | None:
    """The address of the virtual function with this index."""
    return node.link_name(f"{DEVICES}/{pci}/virtfn{index}")


def virtual_functions(node: Node, pci: str) -> list[str]:
    """The addresses of all virtual functions, by index."""
    indexes = sorted(
        int(name[len("virtfn") :])
        for name in node.names(f"{DEVICES}/{pci}")
        if name.startswith("virtfn") and name[len("virtfn") :].isdigit()
    )
    found = (virtual_function(node, pci, index) for index in indexes)
    return [address for address in found if address is not None]


def function_of_interface(node: Node, interface: str) -> str | None:
    """The PCI function under an interface: the last PCI address on its device's path (virtio lies below one)."""
    link = node.place(f"{NETWORK}/{interface}/device")
    if not os.path.lexists(link):
        return None
    parts = [part for part in os.path.realpath(link).split("/") if re.match(ADDRESS, part)]
    return parts[-1] if parts else None
