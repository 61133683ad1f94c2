"""The kernel's routing tables: which interface leads to an address. procfs tells the main tables without any command;
of several paths it tells the first only, and no other table (policy routing, VRF). iproute2 tells all, so both are put
together: an interface too many stays with the kernel, one too few would be a node lost."""

from __future__ import annotations

import ipaddress
import json
from typing import NamedTuple, Union

from .node import Node

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_UP = 0x0001  # RTF_UP, include/uapi/linux/route.h
_REJECT = 0x0200  # RTF_REJECT
# The types of routes that lead to an interface (ip-route(8)); `local` is an address of the interface itself.
_LEADING = ("unicast", "local")


class Route(NamedTuple):
    network: Network
    interface: str
    table: str = "main"


def routes(node: Node) -> list[Route]:
    """All routes that are in use, the loopback's left out."""
    found = [*_routes4(node), *_routes6(node), *_told(node, "-4"), *_told(node, "-6")]
    return [route for route in dict.fromkeys(found) if route.interface != "lo"]


def default_interfaces(table: list[Route]) -> list[str]:
    """Every interface that carries a default route, whatever its metric: it may be the way in after a failover."""
    return sorted({route.interface for route in table if route.network.prefixlen == 0})


def routed_interfaces(table: list[Route]) -> list[str]:
    """Every interface with a route of its own; every interface that is up has one to all link-local addresses."""
    return sorted({route.interface for route in table if not route.network.is_link_local})


def interfaces_to(table: list[Route], address: Address) -> list[str]:
    """The interfaces of the most specific routes to an address, those of each table: rules may choose any of them."""
    fitting = [r for r in table if r.network.version == address.version and address in r.network]
    longest: dict[str, int] = {}
    for route in fitting:
        longest[route.table] = max(longest.get(route.table, 0), route.network.prefixlen)
    return sorted({route.interface for route in fitting if route.network.prefixlen == longest[route.table]})


def interfaces_with(node: Node, table: list[Route], address: Address) -> list[str]:
    """The interfaces that hold an address: procfs lists them for IPv6, iproute2 for both, as routes to one address."""
    lines = (line.split() for line in (node.read("/proc/net/if_inet6") or "").splitlines())
    held = {part[5] for part in lines if bytes.fromhex(part[0]) == address.packed}
    own = ipaddress.ip_network(address)
    return sorted(held.union(route.interface for route in table if route.network == own))


def _told(node: Node, family: str) -> list[Route]:
    """What iproute2 says; nothing where there is none, or one too old to write JSON (before 4.17)."""
    answer = node.ask("ip", "-j", family, "route", "show", "table", "all")
    try:
        entries = json.loads(answer.out or "[]") if answer.code == 0 else []
    except ValueError:
        return []
    default = "0.0.0.0/0" if family == "-4" else "::/0"
    found = []
    for entry in entries:
        if entry.get("type", "unicast") not in _LEADING:
            continue
        try:
            network = ipaddress.ip_network(default if entry["dst"] == "default" else entry["dst"], strict=False)
        except ValueError:
            continue
        # A route by way of another family or of a tunnel may have its device in the next hop alone.
        names = [entry.get("dev"), *(hop.get("dev") for hop in entry.get("nexthops", []))]
        found += [Route(network, name, entry.get("table", "main")) for name in names if name]
    return found


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
