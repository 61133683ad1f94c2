"""The network cards of a plan against what is known of such cards."""

from __future__ import annotations

import re

from .nicknowledge import card_of, identity, keeper, lacks_ddp, line_rate_mpps
from .node import Node
from .pci import exists, interfaces
from .vfio import DRIVER

# The package of rules comes with a distribution's firmware: firmware-misc-nonfree (Debian 12), linux-firmware (others).
_FIRMWARE_PACKAGE = r"^(linux-)?firmware\b"


def card_refusals(node: Node, plan: dict) -> list[str]:
    """What cannot work, each with its remedy in brackets. That a card is not there is told elsewhere."""
    return [line for nic in _there(node, plan) for line in (*_bifurcated(node, nic), *_without_ddp(node, plan, nic))]


def card_notes(node: Node, plan: dict) -> list[str]:
    """What each card is, and what is known of it that a person should know."""
    return [_note(node, nic) for nic in _there(node, plan)]


def _there(node: Node, plan: dict) -> list[dict]:
    return [nic for nic in plan["nics"] if exists(node, nic["pci"])]


def _bifurcated(node: Node, nic: dict) -> list[str]:
    kept = keeper(node, nic["pci"])
    handed = [nic.get("bind"), *(function["driver"] for function in nic["virtualFunctions"])]
    if kept is None or DRIVER not in handed:
        return []
    return [
        f"{nic['name']} ({nic['pci']}) on {DRIVER}: DPDK drives this card through {kept}, which must keep it "
        f"(leave it with {kept}: no bind, and virtual functions with {kept})"
    ]


def _without_ddp(node: Node, plan: dict, nic: dict) -> list[str]:
    """Without its package DPDK does not start such a port (DPDK guide, ice, "Safe Mode Support")."""
    card = card_of(node, nic["pci"])
    if card is None or nic.get("bind") != DRIVER or not lacks_ddp(node, card):
        return []
    if any(re.match(_FIRMWARE_PACKAGE, name) for name in plan["packages"]):
        return []
    return [
        f"{nic['name']} ({card['name']}) has no package /lib/firmware/{card['ddp']}, without which DPDK does not "
        "start it (name firmware-misc-nonfree or linux-firmware under packages)"
    ]


def _note(node: Node, nic: dict) -> str:
    card = card_of(node, nic["pci"])
    if card is None:
        return f"{nic['name']} ({identity(node, nic['pci'])}) is no card that is known: its limits are not checked"
    rate = line_rate_mpps(card)
    parts = [f"{nic['name']} is {card['name']}"]
    parts += [] if rate is None else [f"{rate:g} Mpps at most on a line"]
    parts += [f"{each['rate'] / 1e6:g} Mpps a {each['per']} in practice" for each in card["packetsPerSecond"]]
    parts += ["its DDP package is missing"] if lacks_ddp(node, card) else []
    parts += _old_firmware(node, nic, card)
    return ", ".join(parts + [note["text"] for note in card["notes"]])


def _old_firmware(node: Node, nic: dict, card: dict) -> list[str]:
    needed = card["firmware"]
    names = interfaces(node, nic["pci"])
    if needed is None or needed["means"] != "least" or not names:
        return []
    now = firmware_of(node, names[0])
    if now is None or _numbers(now) >= _numbers(needed["version"]):
        return []
    return [f"its firmware {now} is older than {needed['version']}, the least that DPDK takes"]


def firmware_of(node: Node, interface: str) -> str | None:
    from .facts.firmware import firmware  # with the rest of the facts, which a check of most cards does not need

    return firmware(node, interface)


def _numbers(version: str) -> list[int]:
    """16.35.2000 (MT_0000000012) is [16, 35, 2000]."""
    return [int(part) for part in re.findall(r"\d+", version.split(" ")[0])]
