"""What a physical function says of its virtual ones. sysfs does not show it, iproute2 does."""

from __future__ import annotations

import json
from typing import NamedTuple

from .node import Node
from .pci import DEVICES, interfaces
from .sysfs import number


class VfInfo(NamedTuple):
    """One virtual function: its address, and whether it may change it (None: iproute2 does not say)."""

    mac: str
    trusted: bool | None


def vf_infos(node: Node, pci: str) -> dict[int, VfInfo]:
    """By index; empty where the function has no virtual ones."""
    if not number(node, f"{DEVICES}/{pci}/sriov_numvfs") or not interfaces(node, pci):
        return {}
    answer = node.ask("ip", "-j", "link", "show", "dev", interfaces(node, pci)[0])
    links = json.loads(answer.out or "[]") if answer.code == 0 else []
    return {each["vf"]: _info(each) for each in (links[0].get("vfinfo_list", []) if links else [])}


def _info(found: dict) -> VfInfo:
    # iproute2 before 5.6 wrote "mac" instead of "address".
    return VfInfo((found.get("address") or found.get("mac") or "").lower(), found.get("trust"))
