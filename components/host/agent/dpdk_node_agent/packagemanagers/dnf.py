"""RHEL, Rocky, AlmaLinux, CentOS Stream, Fedora and Amazon Linux 2023: rpm and dnf (4 or 5)."""

from __future__ import annotations

from ..errors import AgentError
from ..node import Node
from . import exclusions, rpm
from .rpm import NAMES, installed, is_version, kernel_packages, name_of, needed_by_others, present

WORD = "dnf"
CONFIGURATION = "/etc/dnf/dnf.conf"

__all__ = ["NAMES", "installed", "is_version", "kernel_packages", "name_of", "needed_by_others", "present"]


def held(node: Node, names: list[str]) -> set[str]:
    return exclusions.held(node, CONFIGURATION, names)


def finish_interrupted(node: Node, before: set[str] | None, seconds: int) -> None:
    """`dnf remove --duplicates` takes the older of two versions away that an upgrade cut off leaves (dnf(8))."""
    rpm.finish_interrupted(
        node, before, ("dnf", "-y", "reinstall"), ("dnf", "-y", "remove", "--duplicates"), seconds
    )  # fmt: skip


def install(node: Node, asked: list[tuple[str, str | None]], seconds: int) -> None:
    """dnf waits for another dnf by itself. Metadata that is out of date is fetched again once."""
    words = ("-y", "--setopt=install_weak_deps=False", "install", *rpm.specs(asked))
    try:
        node.run("dnf", *words, timeout=seconds)
    except AgentError:
        node.run("dnf", "--refresh", *words, timeout=seconds)


def remove(node: Node, ids: list[str], seconds: int) -> None:
    """Through dnf, so that its history stays true; what only our packages needed is in our list already."""
    node.run("dnf", "-y", "--setopt=clean_requirements_on_remove=False", "remove", *ids, timeout=seconds)


def hold(node: Node, names: list[str]) -> None:
    exclusions.hold(node, CONFIGURATION, names)


def release(node: Node, names: list[str]) -> None:
    exclusions.release(node, CONFIGURATION, names)


def upgrades_by_itself(node: Node) -> str | None:
    """dnf-automatic's timers, where one is enabled: its settings may still say to download only."""
    folder = "/etc/systemd/system/timers.target.wants"
    return next((name for name in node.names(folder) if name.startswith(("dnf-automatic", "dnf5-automatic"))), None)
