"""Amazon's ENA interfaces: which of a machine's functions they are, and what AWS has held back at them.

An instance has allowances of bandwidth, packets and tracked connections; what goes beyond is queued, then dropped.
Device and drivers count that, "since the last driver reset": DPDK resets a port when its program starts, the kernel's
driver an interface when it is loaded (AWS EC2 User Guide, "Monitor network performance for ENA settings";
amzn-drivers, userspace/dpdk/README.md, 8.2.2, "ENI limiters")."""

from __future__ import annotations

import time
from typing import Dict, NamedTuple

from . import ethtool
from .dataplane import socket_of
from .nicknowledge import card_of
from .node import Node
from .pci import DEVICES, driver, interfaces
from .telemetry import Telemetry, Unanswered

_PMD = "net_ena"
_KERNEL_DRIVER = "ena"
# Both drivers end these counters' names so; DPDK's and the kernel's are the same (ena_ethdev.c, ena_ethtool.c).
_EXCEEDED, _AVAILABLE = "_allowance_exceeded", "_allowance_available"


Counts = Dict[str, int]


class Look(NamedTuple):
    """Counters by interface, at a second of the monotonic clock: ports by PCI address, the kernel's by name."""

    at: float
    ports: dict[str, Counts]
    kernels: dict[str, Counts]


def look(node: Node, data_plane: dict | None) -> Look:
    """What is counted now; nothing of an interface whose driver does not tell."""
    names = [name for pci in functions(node, _KERNEL_DRIVER) for name in interfaces(node, pci)]
    kernels = {name: _allowances(ethtool.statistics(node, name)) for name in names}
    return Look(time.monotonic(), _ports(node, data_plane), kernels)


def functions(node: Node, on: str) -> list[str]:
    """The addresses of ENA's functions that a kernel driver has."""
    return [pci for pci in node.names(DEVICES) if driver(node, pci) == on and is_ena(node, pci)]


def is_ena(node: Node, pci: str) -> bool:
    card = card_of(node, pci)
    return card is not None and card["pmd"] == _PMD


def _ports(node: Node, data_plane: dict | None) -> dict[str, Counts]:
    """DPDK answers with 256 counters at most (RTE_TEL_MAX_DICT_ENTRIES); these stand before those of the queues."""
    ports = [port for port in (data_plane or {}).get("ports", []) if port["pci"] and is_ena(node, port["pci"])]
    path = socket_of(node)
    if not ports or path is None:
        return {}
    try:
        with Telemetry(node, path) as telemetry:
            return {port["pci"]: _allowances(telemetry.ask("/ethdev/xstats", port["port"]) or {}) for port in ports}
    except Unanswered:
        return {}  # that it does not tell of itself is found elsewhere


def _allowances(statistics: Counts) -> Counts:
    return {name: count for name, count in statistics.items() if name.endswith((_EXCEEDED, _AVAILABLE))}
