"""By which PCI functions operators reach the node. None of them is ever taken from its kernel driver."""

from __future__ import annotations

from typing import NamedTuple

from .errors import Refused
from .node import Node
from .pci import NETWORK, function_of_interface, group_members, iommu_group, physical_function
from .routes import Route, default_interfaces, interfaces_to, interfaces_with, routed_interfaces, routes
from .sshsessions import Session, sessions
from .sysfs import value


class WayIn(NamedTuple):
    """The open sessions, the interfaces that carry them or a default route, with all that lies under these; `carrying`
    are the functions under these, `pci` with all that share an IOMMU group with one: none of them may be given away.
    `lost` are sessions whose interface could not be told."""

    sessions: list[Session]
    interfaces: list[str]
    carrying: list[str]
    pci: list[str]
    lost: list[Session]

    def without_neighbours(self) -> WayIn:
        """For what concerns one function alone, and leaves others of its IOMMU group as they are."""
        return self._replace(pci=self.carrying)


def way_in(node: Node, table: list[Route] | None = None) -> WayIn:
    """Finds the way in from what is open now, and from the routes where they have been asked for already."""
    table = routes(node) if table is None else table
    found = set(default_interfaces(table))
    lost = []
    opened = sessions(node)
    for session in opened:
        carrying = _carrying(node, table, session)
        found |= carrying
        if not carrying:
            lost.append(session)
    below = _with_lower(node, found, routed_interfaces(table))
    carrying = _functions(node, below)
    return WayIn(opened, below, carrying, _with_neighbours(node, carrying), lost)


def refuse_way_in(node: Node, way: WayIn, functions: list[str], what: str) -> None:
    """Refuses where one of `functions` carries the way in, or where the way in cannot be told. Changes nothing."""
    for function in functions:
        if function in way.pci:
            names = ", ".join(name for name in way.interfaces if function_of_interface(node, name)) or "unknown"
            raise Refused(
                f"{what} would cut the way into the node",
                where=function,
                value=f"it carries, or shares an IOMMU group with, the SSH connection or a default route ({names})",
                remedy="name another NIC in the fleet file",
            )
    if way.lost and functions:
        peers = ", ".join(str(session.peer) for session in way.lost)
        raise Refused(
            f"{what} could cut the way into the node: its interface cannot be told",
            where="the routing tables",
            value=f"no route to {peers}",
            remedy="connect over an interface that has a route",
        )


def as_facts(way: WayIn) -> dict:
    """The way in as the facts show it."""
    first = way.sessions[0] if way.sessions else None
    return {
        "peer": str(first.peer) if first else None,
        "local": str(first.local) if first else None,
        "interfaces": way.interfaces,
        "pci": way.pci,
    }


def _carrying(node: Node, table: list[Route], session: Session) -> set[str]:
    """The route back may differ from the interface of the address, with two links into one network: both stay."""
    local = set(interfaces_with(node, table, session.local)) or set(interfaces_to(table, session.local))
    # Every interface has a route to all link-local addresses, so only the node's own end tells which one it is.
    return local if session.peer.is_link_local else local.union(interfaces_to(table, session.peer))


def _with_lower(node: Node, names: set[str], routed: list[str]) -> list[str]:
    """The interfaces and all that they are made of: members of a bond, team or bridge, the device under a VLAN or
    macvlan, what a tunnel may go over."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen and node.exists(f"{NETWORK}/{name}"):
            seen.add(name)
            waiting += _directly_below(node, name, routed)
    return sorted(seen)


def _directly_below(node: Node, name: str, routed: list[str]) -> list[str]:
    folder = f"{NETWORK}/{name}"
    lower = [entry[len("lower_") :] for entry in node.names(folder) if entry.startswith("lower_")]
    members = (value(node, f"{folder}/bonding/slaves") or "").split() + node.names(f"{folder}/brif")
    if lower or members or node.exists(f"{folder}/device"):
        return lower + members
    # An internal port of Open vSwitch does not say what lies under it: every port of the switch may.
    switch = [port for port in node.names(NETWORK) if node.link_name(f"{NETWORK}/{port}/master") == "ovs-system"]
    # Nor does a tunnel (WireGuard, VXLAN, GRE, a VPN's tun): its packets leave by some interface that has a route.
    return switch + routed


def _functions(node: Node, names: list[str]) -> list[str]:
    """The functions under interfaces, and the physical ones above virtual ones."""
    direct = {function for function in (function_of_interface(node, name) for name in names) if function}
    direct |= {above for above in (physical_function(node, function) for function in direct) if above}
    return sorted(direct)


def _with_neighbours(node: Node, functions: list[str]) -> list[str]:
    """With all that share an IOMMU group: a group can only be given away as a whole."""
    groups = {group for group in (iommu_group(node, function) for function in functions) if group is not None}
    return sorted(set(functions).union(*(group_members(node, group) for group in groups)))
