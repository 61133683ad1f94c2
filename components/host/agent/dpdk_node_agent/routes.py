"""The kernel's routing tables as procfs shows them: which interface leads to an address. IPv4 and IPv6, no command."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Union

from .node import Node

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_UP = 0x0001  # RTF_UP, include/uapi/linux/route.h
_REJECT = 0x0200  # RTF_REJECT


@dataclass(frozen=True)
class Route:
    network: Network
    interface: str


def routes(node: Node) -> list[Route]:
    """All routes of the main tables that are in use, the loopback's left out."""
    return [route for route in [*_routes4(node), *_routes6(node)] if route.interface != "lo"]


def default_interfaces(table: list[Route]) -> list[str]:
    """Every interface that carries a default route, whatever its metric: it may be the way in after a failover."""
    return sorted({route.interface for route in table if route.network.prefixlen == 0})


def interfaces_to(table: list[Route], address: Address) -> list[str]:
    """The interfaces of the most specific routes to an address."""
    fitting = [r for r in table if r.network.version == address.version and address in r.network]
    longest = max((route.network.prefixlen for route in fitting), default=None)
    return sorted({route.interface for route in fitting if route.network.prefixlen == longest})


def interfaces_with(node: Node, address: Address) -> list[str]:
    """The interfaces that hold an IPv6 address; procfs has no such list for IPv4, where the connected route tells."""
    lines = (line.split() for line in (node.read("/proc/net/if_inet6") or "").splitlines())
    return sorted({part[5] for part in lines if bytes.fromhex(part[0]) == address.packed})


def _routes4(node: Node) -> list[Route]:
    found = []
    for line in (node.read("/proc/net/route") or "").splitlines()[1:]:
        part = line.split()
        flags = int(part[3], 16)
        if not flags & _UP or flags & _REJECT:
            continue
        network = ipaddress.IPv4Network((address4(part[1]), bin(int(part[7], 16)).count("1")))
        found.append(Route(network, part[0]))
    return found


def _routes6(node: Node) -> list[Route]:
    found = []
    for line in (node.read("/proc/net/ipv6_route") or "").splitlines():
        part = line.split()
        flags = int(part[8], 16)
        if not flags & _UP or flags & _REJECT:
            continue
        network = ipaddress.IPv6Network((bytes.fromhex(part[0]), int(part[1], 16)))
        if not network.is_multicast:
            found.append(Route(network, part[9]))
    return found


def address4(text: str) -> ipaddress.IPv4Address:
    """procfs writes an IPv4 address as one number in the machine's byte order: little-endian on x86 and arm64."""
    return ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(text), "little"))
