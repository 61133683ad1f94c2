"""Amazon Linux 2: rpm and yum 3."""

from __future__ import annotations

from ..node import Node
from . import exclusions, rpm
from .rpm import NAMES, installed, is_version, kernel_packages, name_of, needed_by_others, present

WORD = "yum"
CONFIGURATION = "/etc/yum.conf"

__all__ = ["NAMES", "installed", "is_version", "kernel_packages", "name_of", "needed_by_others", "present"]


def held(node: Node, names: list[str]) -> set[str]:
    return exclusions.held(node, CONFIGURATION, names)


def finish_interrupted(node: Node, before: set[str] | None, seconds: int) -> None:
    """package-cleanup is of yum-utils, which Amazon Linux 2 has."""
    rpm.finish_interrupted(
        node, before, ("yum", "-y", "reinstall"), ("package-cleanup", "-y", "--cleandupes"), seconds
    )  # fmt: skip


def install(node: Node, asked: list[tuple[str, str | None]], seconds: int) -> None:
    """yum installs what it finds and is content where it finds one of them: what is missing is seen by the next
    check."""
    node.run("yum", "-y", "install", *rpm.specs(asked), timeout=seconds)


def remove(node: Node, ids: list[str], seconds: int) -> None:
    node.run("yum", "-y", "--setopt=clean_requirements_on_remove=0", "remove", *ids, timeout=seconds)


def hold(node: Node, names: list[str]) -> None:
    exclusions.hold(node, CONFIGURATION, names)


def release(node: Node, names: list[str]) -> None:
    exclusions.release(node, CONFIGURATION, names)


def upgrades_by_itself(node: Node) -> str | None:
    text = node.read("/etc/yum/yum-cron.conf") or ""
    applies = any(line.replace(" ", "") == "apply_updates=yes" for line in text.splitlines())
    return "yum-cron" if applies else None
