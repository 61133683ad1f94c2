"""Network cards, physical and virtual functions alike, as PCI functions."""

from __future__ import annotations

from ..nicknowledge import card_of
from ..node import Node
from ..pci import DEVICES, carrier, driver, interfaces, iommu_group, own_mac, physical_function, virtual_functions
from ..sysfs import number, value
from .firmware import firmware

_NETWORK_CLASS = "0x02"  # PCI base class 02h, network controller


def nics(node: Node) -> list[dict]:
    functions = [
        pci for pci in node.names(DEVICES) if (value(node, f"{DEVICES}/{pci}/class") or "").startswith(_NETWORK_CLASS)
    ]
    return [_nic(node, pci) for pci in functions]


def _nic(node: Node, pci: str) -> dict:
    folder, names = f"{DEVICES}/{pci}", interfaces(node, pci)
    numa = number(node, f"{folder}/numa_node")
    return {
        "pci": pci,
        "mac": own_mac(node, names[0]) if names else None,
        "interface": names[0] if names else None,
        "driver": driver(node, pci),
        "vendor": _id(node, f"{folder}/vendor"),
        "device": _id(node, f"{folder}/device"),
        "card": _card(node, pci),
        "iommuGroup": iommu_group(node, pci),
        "numaNode": None if numa is None or numa < 0 else numa,  # -1: the firmware does not say
        "carrier": carrier(node, names[0]) if names else None,
        "firmware": firmware(node, names[0]) if names else None,
        "sriovTotal": number(node, f"{folder}/sriov_totalvfs") or 0,
        "sriov": _sriov(node, folder),
        "virtualFunctions": virtual_functions(node, pci),
        "virtualFunctionOf": physical_function(node, pci),
    }


def _card(node: Node, pci: str) -> str | None:
    """Its name in the knowledge base."""
    card = card_of(node, pci)
    return card["name"] if card else None


def _sriov(node: Node, folder: str) -> dict | None:
    """Where the card puts its virtual functions, as in the fleet file's hardware.nics; None: it has none, or the kernel
    is too old to say where."""
    total, offset, stride = (number(node, f"{folder}/sriov_{name}") for name in ("totalvfs", "offset", "stride"))
    return {"total": total, "offset": offset, "stride": stride} if total and offset and stride else None


def _id(node: Node, file: str) -> str | None:
    text = value(node, file)
    return text[len("0x") :] if text else None
