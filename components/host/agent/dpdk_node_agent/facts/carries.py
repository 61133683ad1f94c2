"""What would be lost with a network card: the networks that are reached over it, and the interfaces that are made of it."""

from __future__ import annotations

from ..node import Node
from ..pci import NETWORK, interfaces
from ..routes import Route

_UPPER = "upper_"


def carries(node: Node, table: list[Route], nic: dict) -> list[str]:
    """Networks and addresses, then interfaces (a bond, a bridge, a VLAN), of the card and of its virtual functions. What
    every interface has that is up, link-local and multicast, is none."""
    names = {name for pci in (nic["pci"], *nic["virtualFunctions"]) for name in interfaces(node, pci)}
    networks = {route.network for route in table if route.interface in names}
    real = [str(network) for network in networks if not network.is_link_local and not network.is_multicast]
    entries = {entry for name in names for entry in node.names(f"{NETWORK}/{name}")}
    return [*sorted(real), *sorted(entry[len(_UPPER) :] for entry in entries if entry.startswith(_UPPER))]
