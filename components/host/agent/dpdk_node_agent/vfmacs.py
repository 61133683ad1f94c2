"""The addresses that a physical function gives its virtual ones. sysfs does not show them, iproute2 does."""

from __future__ import annotations

import json

from .node import Node
from .pci import DEVICES, interfaces
from .sysfs import number


def vf_macs(node: Node, pci: str) -> dict[int, str]:
    """By index; empty where the function has no virtual ones."""
    if not number(node, f"{DEVICES}/{pci}/sriov_numvfs") or not interfaces(node, pci):
        return {}
    answer = node.ask("ip", "-j", "link", "show", "dev", interfaces(node, pci)[0])
    links = json.loads(answer.out or "[]") if answer.code == 0 else []
    functions = links[0].get("vfinfo_list", []) if links else []
    # iproute2 before 5.6 wrote "mac" instead of "address".
    return {function["vf"]: (function.get("address") or function.get("mac") or "").lower() for function in functions}
