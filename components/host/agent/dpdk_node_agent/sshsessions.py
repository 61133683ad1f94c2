"""The SSH connections that are open now: the ways by which operators are in."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import NamedTuple

from .node import Node
from .routes import Address, address4
from .sysfs import value

_ESTABLISHED = "01"  # TCP_ESTABLISHED, include/net/tcp_states.h


class Session(NamedTuple):
    """One connection: the operator's address and the address of the node that it came to. Where the node is a bastion,
    one that goes on to another node counts too: `peer` is that node then."""

    peer: Address
    local: Address


def own_connection(node: Node) -> str | None:
    """SSH_CONNECTION of this process, where it runs on the node itself. The worker gets it from its starter; sudo takes
    it away, but the shell that started sudo still has it."""
    if node.root != "/":
        return None
    return os.environ.get("SSH_CONNECTION") or inherited(node, os.getppid())


def inherited(node: Node, pid: int) -> str | None:
    """SSH_CONNECTION of a process, or of the nearest one above it that has one."""
    while pid > 1:
        for word in (value(node, f"/proc/{pid}/environ") or "").split("\0"):
            if word.startswith("SSH_CONNECTION="):
                return word.partition("=")[2]
        # `4242 (a name) S 4241 …`; the name may have spaces and brackets of its own (proc_pid_stat(5)).
        above = (value(node, f"/proc/{pid}/stat") or "").rpartition(")")[2].split()
        pid = int(above[1]) if len(above) > 1 else 0
    return None


def sessions(node: Node) -> list[Session]:
    """This process's own session first, then all others: a colleague may be in over another interface, so the kernel's
    list of connections to sshd counts as well."""
    named = _named(own_connection(node))
    ports = _ports(node) | ({named[1]} if named else set())
    found = [named[0]] if named else []
    tables = [node.read(file) or "" for file in ("/proc/net/tcp", "/proc/net/tcp6")]
    for own_end in (0, 1):
        found += [session for table in tables for session in _established(table, ports, own_end)]
    return [session for session in dict.fromkeys(found) if not session.local.is_loopback]


def _named(text: str | None) -> tuple[Session, int] | None:
    """`10.0.2.2 51000 10.0.2.15 22`: peer, its port, the node's address, its port (ssh(1))."""
    part = (text or "").split()
    if len(part) != 4:
        return None
    return Session(_plain(part[0]), _plain(part[2])), int(part[3])


def _plain(text: str) -> Address:
    """An address without the zone of a link-local one, and as IPv4 where it is one inside IPv6."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _established(table: str, ports: set[int], own_end: int) -> list[Session]:
    """Connections with one of `ports` at the node's own end (0: somebody is in) or at the other (1: on to another)."""
    found = []
    for line in table.splitlines()[1:]:
        part = line.split()
        ends = [part[1].split(":"), part[2].split(":")]
        if part[3] == _ESTABLISHED and int(ends[own_end][1], 16) in ports:
            found.append(Session(_address(ends[1][0]), _address(ends[0][0])))
    return found


def _address(text: str) -> Address:
    if len(text) == 8:
        return address4(text)
    words = [bytes.fromhex(text[start : start + 8])[::-1] for start in range(0, 32, 8)]
    return _plain(str(ipaddress.IPv6Address(b"".join(words))))


def _ports(node: Node) -> set[int]:
    """Where sshd may listen: 22, what its configuration says, and what a socket unit says instead."""
    files = ["/etc/ssh/sshd_config"]
    for folder in ("/etc/ssh/sshd_config.d", "/etc/systemd/system/ssh.socket.d", "/etc/systemd/system/sshd.socket.d"):
        files += [f"{folder}/{name}" for name in node.names(folder)]
    asked = r"^\s*(?:Port\s+|ListenAddress\s+\S*:|ListenStream\s*=\s*(?:\S*:)?)(\d+)\s*$"
    text = "\n".join(node.read(file) or "" for file in files)
    return {22} | {int(port) for port in re.findall(asked, text, re.MULTILINE | re.IGNORECASE)}
