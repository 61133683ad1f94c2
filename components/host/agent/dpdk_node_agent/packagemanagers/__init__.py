"""The node's package manager: a module for each, with the same few functions, chosen from /etc/os-release.

    WORD                                        what the fleet file's `packageManager` says where it is to be used
    NAMES                                       the pattern of its packages' names
    installed(node, names) -> {name: version}   those of them that are there, whole
    held(node, names) -> {name, …}              those of them that no upgrade changes
    present(node) -> {id, …}                    all that is there, half-installed ones too, by names that remove() takes
    name_of(id) -> str                          the name in such an id
    is_version(found, asked) -> bool            whether a version is the one that was asked for
    finish_interrupted(node, before, seconds)   mends what a power cut left; `before`: what was there before our own
                                                installation that was cut off, None where there was none
    install(node, asked, seconds)               [(name, version or None), …], without what is only recommended
    needed_by_others(node, ids) -> [id, …]      those that cannot go without taking the operator's own along
    remove(node, ids, seconds)                  these and nothing else
    kernel_packages(node) -> [name, …]          what must be held so that no other kernel comes
    hold(node, names), release(node, names)     keeps them as they are in every upgrade; lets them go
    upgrades_by_itself(node) -> str | None      what installs upgrades here without being asked

What a package manager does not say by an exit code is seen by the next check.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..errors import Refused
from ..node import Node

# os-release(5): ID first, then ID_LIKE from the closest to the farthest.
_RPM = ("rhel", "fedora", "centos", "rocky", "almalinux", "amzn")
_DPKG = "/var/lib/dpkg/status"


def of(node: Node) -> ModuleType | None:
    """The module of this node's package manager; None where we know none."""
    system = os_release(node)
    ids = [system.get("ID", ""), *system.get("ID_LIKE", "").split()]
    if any(each in _RPM for each in ids):  # where dpkg may be there too, as a tool
        name = "yum" if (ids[0], system.get("VERSION_ID")) == ("amzn", "2") else "dnf"
    elif node.exists(_DPKG):
        name = "apt"
    else:
        return None
    return import_module(f".{name}", __name__)


def of_plan(node: Node, plan: dict) -> ModuleType:
    """The same, where the plan agrees with it: what was tried on no real machine needs the operator's word."""
    found, asked = of(node), plan.get("packageManager") or "apt"
    if found is None:
        raise Refused(
            "packages can be installed with apt, dnf and yum only",
            where="/etc/os-release",
            value=system_name(node),
            remedy="install them by hand and leave `packages` empty in the fleet file",
        )
    accepted = found.WORD == "apt" or found.WORD in (plan.get("acceptUnproved") or [])
    if found.WORD == asked and accepted:
        return found
    if asked in ("apt", found.WORD):
        raise Refused(
            "this node's package manager has been tried on machines of tests only, and needs your word",
            where="packageManager",
            value=f"{asked} for {system_name(node)}",
            remedy=f"write `packageManager: {found.WORD}` and `acceptUnproved: [{found.WORD}]` in the fleet file, or leave "
            "`packages` empty",
        )
    raise Refused(
        "the node has another package manager",
        where="packageManager",
        value=f"{asked} for {system_name(node)}",
        remedy=f"write `packageManager: {found.WORD}` in the fleet file",
    )


def os_release(node: Node) -> dict[str, str]:
    """os-release(5) as a dictionary, quotes taken off."""
    text = node.read("/etc/os-release") or node.read("/usr/lib/os-release") or ""
    pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def system_name(node: Node) -> str:
    system = os_release(node)
    return system.get("PRETTY_NAME") or system.get("ID") or "an unknown system"
