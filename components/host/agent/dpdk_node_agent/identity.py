"""Whether the card at a PCI address is the one of the plan: addresses change with the slots and the firmware of a
machine (systemd #33347), the card's own MAC address does not."""

from __future__ import annotations

from .errors import Refused
from .node import Node
from .pci import DEVICES, NETWORK, exists, function_of_interface, interfaces, own_mac, physical_function
from .sysfs import value

_NETWORK_CLASS = "0x02"  # PCI base class 02h, network controller


def refuse_another_card(node: Node, nic: dict) -> None:
    """Refuses where the card of this NIC is not, or no longer, at its PCI address. A card on vfio-pci has no MAC
    address that could be read, and passes: it was looked at before it was bound."""
    pci, mac = nic["pci"], (nic.get("mac") or "").lower()
    kind = value(node, f"{DEVICES}/{pci}/class")
    found = [address for address in (own_mac(node, name) for name in interfaces(node, pci)) if address]
    if not exists(node, pci):
        what, there = "no such NIC function", f"nothing, asked as {nic['name']}"
    elif not (kind or "").startswith(_NETWORK_CLASS):
        what, there = "no NIC is at this PCI address", f"a device of class {kind}, asked as {nic['name']}"
    elif mac and found and mac not in [address.lower() for address in found]:
        what, there = "another card is at this PCI address", f"address {', '.join(found)}, asked {mac}"
    else:
        return
    now = where_is(node, mac)
    remedy = f"{nic['name']} is at {now} now: correct hardware.nics.{nic['name']}.pci" if now else _LOOK
    raise Refused(what, where=pci, value=there, remedy=remedy)


def where_is(node: Node, mac: str) -> str | None:
    """The PCI address of the card with this MAC address, where it is on its kernel driver. A virtual function may have
    been given any address, so it does not count."""
    for name in node.names(NETWORK) if mac else []:
        pci = function_of_interface(node, name)
        if pci and not physical_function(node, pci) and (own_mac(node, name) or "").lower() == mac.lower():
            return pci
    return None


_LOOK = "run `facts` on the node and correct the fleet file"
