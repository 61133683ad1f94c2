"""Network configuration that names a NIC which DPDK takes as a whole: at the next boot its interface does not come, and
what waits for it makes the boot long, or fails. Looks, changes nothing: the file is somebody else's."""

from __future__ import annotations

import re

from .node import Node
from .pci import interfaces
from .store import saved

_NETPLAN = ("/etc/netplan", "/run/netplan", "/usr/lib/netplan", "/lib/netplan")
_IFUPDOWN = "/etc/network/interfaces"
_WAIT_ONLINE = "/etc/systemd/system/systemd-networkd-wait-online.service"


def waiting(node: Node, plan: dict) -> list[str]:
    """A line for each NIC and file, with its remedy."""
    found = []
    for nic in plan["nics"]:
        for name in _names(node, nic["pci"]) if nic.get("bind") else []:
            lines = [*_netplan(node, name, nic.get("mac")), *_ifupdown(node, name), *_wait_online(node, name)]
            found += [f"{nic['name']} ({name}) goes to {nic['bind']}, and {line}" for line in lines]
    return found


def _names(node: Node, pci: str) -> list[str]:
    """The interfaces of a card, or those that it had before it was bound."""
    before = saved(node, "nic-binding").get(pci, {})
    return interfaces(node, pci) or before.get("interfaces", [])


def _netplan(node: Node, name: str, mac: str | None) -> list[str]:
    """netplan tells systemd-networkd-wait-online to wait for each interface that is not optional (120 s by default)."""
    found = []
    for folder in _NETPLAN:
        for file in (f"{folder}/{each}" for each in node.names(folder) if each.endswith(".yaml")):
            for key, body in _ethernets(node.read(file) or ""):
                matches = key == name or _has(body, "name", name) or (mac and _has(body, "macaddress", mac))
                if matches and not _has(body, "optional", "true"):
                    found.append(f"{file} waits for it at boot: write `optional: true` below {key}, or take it out")
    return found


def _ethernets(text: str) -> list[tuple[str, list[str]]]:
    """The entries below `ethernets:` with their lines. Only indentation is read of YAML: Python has no parser."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[tuple[str, list[str]]] = []
    above = child = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if above is None or depth <= above:
            above, child = (depth, None) if line.strip() == "ethernets:" else (None, None)
        elif child is None or depth <= child:
            child = depth
            found.append((line.strip().partition(":")[0].strip("\"'"), [line.strip().partition(":")[2]]))
        else:
            found[-1][1].append(line)
    return found


def _has(body: list[str], key: str, value: str) -> bool:
    """Whether a line gives `key` this value; `{match: {name: X}}` on one line counts too."""
    pattern = rf"(^|[\s{{,]){key}:\s*[\"']?{re.escape(value)}[\"']?\s*([,}}#]|$)"
    return any(re.search(pattern, line, re.IGNORECASE) for line in body)


def _ifupdown(node: Node, name: str) -> list[str]:
    files = [_IFUPDOWN, *(f"{_IFUPDOWN}.d/{each}" for each in node.names(f"{_IFUPDOWN}.d"))]
    asked = re.compile(rf"^\s*auto\s+(?:.*\s)?{re.escape(name)}(?:\s|$)", re.MULTILINE)
    return [
        f"{file} brings it up at boot, where networking.service fails: take `auto {name}` out"
        for file in files
        if asked.search(node.read(file) or "")
    ]


def _wait_online(node: Node, name: str) -> list[str]:
    files = [_WAIT_ONLINE, *(f"{_WAIT_ONLINE}.d/{each}" for each in node.names(f"{_WAIT_ONLINE}.d"))]
    asked = re.compile(rf"^ExecStart=.*\s(?:-i|--interface)[= ]?{re.escape(name)}(?::|\s|$)", re.MULTILINE)
    return [f"{file} waits for it at boot: take it out" for file in files if asked.search(node.read(file) or "")]
