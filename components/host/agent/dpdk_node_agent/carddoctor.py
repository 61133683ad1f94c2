"""What is in the way of the cards that a node has: a line each, with its remedy."""

from __future__ import annotations

import re

from .facts.nics import nics
from .nicknowledge import BIFURCATED, card_of, ddp_files
from .node import Node
from .vfio import DRIVER


def card_obstacles(node: Node, log: str) -> list[str]:
    """`log` is the kernel's."""
    found = []
    for nic in nics(node):
        card = card_of(node, nic["pci"])
        if card is not None:
            found += _ddp(node, log, nic, card) + _given_away(nic, card)
    return found


def _ddp(node: Node, log: str, nic: dict, card: dict) -> list[str]:
    """Some cards' ports need a package of rules beside the firmware; a virtual function leaves that to its card."""
    if card["ddp"] is None:
        return []
    where, files = f"{nic['pci']}: {card['name']}", ddp_files(node, card)
    if not files:
        return [
            f"{where} without its DDP package /lib/firmware/{card['ddp']}: install firmware-misc-nonfree (Debian) or "
            "linux-firmware"
        ]
    if re.search(r"ice .*(Entering Safe Mode|DDP package.*(fail|error|unsupported))", log, re.IGNORECASE):
        return [f"{where} in safe mode, its DDP package did not load: match the package with the driver"]
    if nic["driver"] == DRIVER and all(file.endswith((".xz", ".zst")) for file in files):
        return [
            f"{where} on vfio-pci, and its DDP package is compressed ({files[0]}): DPDK reads that only where it was "
            "built with libarchive; unpack it beside"
        ]
    return []


def _given_away(nic: dict, card: dict) -> list[str]:
    if card["model"] != BIFURCATED or nic["driver"] != DRIVER:
        return []
    return [f"{nic['pci']}: {card['name']} on vfio-pci, where DPDK cannot drive it: give it back to {card['driver']}"]
