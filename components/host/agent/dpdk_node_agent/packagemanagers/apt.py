"""Debian, Ubuntu and what is like them: dpkg and apt."""

from __future__ import annotations

import re

from ..errors import AgentError
from ..node import Node

WORD = "apt"

# Debian policy 5.6.1.
NAMES = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")
# unattended-upgrades holds the lock for minutes after a first boot.
_LOCK = ("-o", "DPkg::Lock::Timeout=300")
_KEEP_SETTINGS = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
_THERE = {"installed", "unpacked", "half-configured", "half-installed", "triggers-awaited", "triggers-pending"}
# Debian's and Ubuntu's kernels, and the empty packages by which the next one comes (linux-image-amd64, linux-generic,
# linux-aws): Debian's source package linux-signed, Ubuntu's linux-meta. Their tools and firmware are no kernel.
_KERNEL_GLOBS = ("linux-image-*", "linux-headers-*", "linux-modules-*", *(
    f"linux-{flavour}*"
    for flavour in ("generic", "virtual", "lowlatency", "kvm", "aws", "azure", "gcp", "oracle", "raspi", "cloud-amd64")
))  # fmt: skip
_AUTOMATIC = "/etc/apt/apt.conf.d"


def installed(node: Node, names: list[str]) -> dict[str, str]:
    """Asks dpkg only, no network."""
    return {row[0]: row[3] for row in _rows(node, names) if row[1] == "installed"}


def held(node: Node, names: list[str]) -> set[str]:
    return {row[0] for row in _rows(node, names) if row[1] == "installed" and row[2] == "hold"}


def present(node: Node) -> set[str]:
    return {row[0] for row in _rows(node, []) if row[1] in _THERE}


def name_of(known: str) -> str:
    return known


def is_version(found: str, asked: str) -> bool:
    return found == asked


def finish_interrupted(node: Node, _before: set[str] | None, seconds: int) -> None:
    """Lets dpkg end what a power cut interrupted; apt refuses to work before that."""
    if node.names("/var/lib/dpkg/updates") or node.ask("dpkg", "--audit").out.strip():
        node.run("dpkg", "--configure", "-a", "--force-confdef", "--force-confold", timeout=seconds)


def install(node: Node, asked: list[tuple[str, str | None]], seconds: int) -> None:
    """Installs with the package lists that are there; where they are missing or out of date, with new ones."""
    specs = [f"{name}={version}" if version else name for name, version in asked]
    # With -y apt takes away without a word what is in the way, and revert could not bring that back as it was.
    words = ["--no-install-recommends", "--no-remove"]
    words += ["--allow-downgrades"] if any(version for _, version in asked) else []
    install = ("apt-get", *_LOCK, *_KEEP_SETTINGS, "install", "-y", *words, *specs)
    if node.ask("apt-get", "-s", "install", *words, *specs, timeout=seconds).code == 0:
        try:
            node.run(*install, timeout=seconds)
            return
        except AgentError:
            # An archive that has moved on answers 404 for what an old list names.
            finish_interrupted(node, None, seconds)
    node.run("apt-get", *_LOCK, "update", timeout=seconds)
    node.run(*install, timeout=seconds)


def needed_by_others(node: Node, ours: list[str]) -> list[str]:
    if not ours or not _taken_along(node, ours):
        return []
    return [name for name in ours if _taken_along(node, [name]) - set(ours)]


def remove(node: Node, names: list[str], seconds: int) -> None:
    node.run("dpkg", "--purge", *names, timeout=seconds)


def kernel_packages(node: Node) -> list[str]:
    return sorted(installed(node, list(_KERNEL_GLOBS)))


def hold(node: Node, names: list[str]) -> None:
    node.run("apt-mark", "hold", *names)


def release(node: Node, names: list[str]) -> None:
    """apt-mark refuses names that it does not know; a package that is gone has no hold."""
    still = sorted(held(node, names))
    if still:
        node.run("apt-mark", "unhold", *still)


def upgrades_by_itself(node: Node) -> str | None:
    """APT::Periodic::Unattended-Upgrade "1", as the package unattended-upgrades reads it: the last file wins."""
    if not node.exists("/usr/bin/unattended-upgrade"):
        return None
    found = [
        word
        for name in node.names(_AUTOMATIC)
        for word in re.findall(
            r'^\s*APT::Periodic::Unattended-Upgrade\s+"(\w+)"', node.read(f"{_AUTOMATIC}/{name}") or "", re.MULTILINE
        )
    ]
    return "unattended-upgrades" if found and found[-1] not in ("0", "") else None


def _rows(node: Node, names: list[str]) -> list[list[str]]:
    form = "${Package} ${db:Status-Status} ${db:Status-Want} ${Version}\\n"
    rows = [line.split() for line in node.ask("dpkg-query", "-W", "-f", form, *names).out.splitlines()]
    return [[*row, ""][:4] for row in rows if len(row) >= 3]


def _taken_along(node: Node, names: list[str]) -> set[str]:
    out = node.ask("apt-get", "-s", "purge", *names, timeout=120).out
    return set(re.findall(r"^(?:Purg|Remv) ([^ :]+)", out, re.MULTILINE)) - set(names)
