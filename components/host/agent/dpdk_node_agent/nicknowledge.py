"""What is known of network cards (nic-knowledge.json): by vendor and device, or by kernel driver. Null is not known."""

from __future__ import annotations

import json
import os
from functools import lru_cache

from .node import Node
from .pci import DEVICES, driver, physical_function
from .sysfs import value

BIFURCATED = "bifurcated"
# A frame of 64 bytes, its preamble (8) and the gap to the next (12), in bits (IEEE 802.3).
SMALLEST_FRAME_BITS = (64 + 8 + 12) * 8


@lru_cache(maxsize=None)
def cards() -> tuple:
    """Every card of the file, which lies beside this module, in the archive too."""
    text = __spec__.loader.get_data(os.path.join(os.path.dirname(__file__), "nic-knowledge.json"))
    return tuple(json.loads(text.decode())["cards"])


def card_with(identity: str | None) -> dict | None:
    """The card with these ids, such as 8086:10c9; an entry of its vendor as a whole comes last."""
    if identity is None:
        return None
    for asked in (identity.lower(), f"{identity.partition(':')[0].lower()}:*"):
        for card in cards():
            if asked in card["ids"]:
                return card
    return None


def identity(node: Node, pci: str) -> str | None:
    """Vendor and device of a function as lspci -n writes them: 8086:10c9."""
    found = [value(node, f"{DEVICES}/{pci}/{name}") for name in ("vendor", "device")]
    return ":".join(text[len("0x") :] for text in found if text) if all(found) else None


def card_of(node: Node, pci: str) -> dict | None:
    """What is known of the function at an address."""
    return card_with(identity(node, pci))


def keeper(node: Node, pci: str) -> str | None:
    """The kernel driver that must keep a function, because DPDK works through it; None where vfio-pci may have it. A
    card that is not known is judged by the driver that it is on."""
    for function in (pci, physical_function(node, pci)):
        if function is None:
            continue
        card, now = card_of(node, function), driver(node, function)
        if card is not None and card["model"] == BIFURCATED:
            return card["driver"]
        if card is None and any(each["driver"] == now and each["model"] == BIFURCATED for each in cards()):
            return now
    return None


def line_rate_mpps(card: dict) -> float | None:
    """Frames of 64 bytes that fit on the line, in millions a second."""
    return None if card["lineRate"] is None else round(card["lineRate"] / SMALLEST_FRAME_BITS / 1e6, 2)


def lacks_ddp(node: Node, card: dict) -> bool:
    """Whether the card's package of rules is missing."""
    return card["ddp"] is not None and not ddp_files(node, card)


def ddp_files(node: Node, card: dict) -> list[str]:
    """The card's package of rules where drivers look for it: plain, or compressed, as a kernel reads it too."""
    folders = ("/lib/firmware/updates", "/lib/firmware")
    names = (f"{folder}/{card['ddp']}{ending}" for folder in folders for ending in ("", ".xz", ".zst"))
    return [name for name in names if node.exists(name)]
