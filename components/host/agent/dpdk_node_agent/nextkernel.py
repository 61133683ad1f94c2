"""The kernel that boots next, where that is another one than runs: an update may have brought it without the modules
that were built for its predecessor."""

from __future__ import annotations

from typing import Any

from .errors import Refused
from .node import Node
from .sysfs import value

_LISTS = ("modules.dep", "modules.builtin")


def refuse_lacking_modules(node: Node, plan: dict, entry: Any) -> None:
    """Refuses a trial of a kernel that lacks a module which the running one has and the plan needs. Changes nothing."""
    running, following = value(node, "/proc/sys/kernel/osrelease") or "", release_of(entry.kernel())
    if following == running:
        return
    wanted = _of(node, running, _needed(plan))
    missing = [name for name in wanted if name not in _of(node, following, wanted)]
    if missing:
        raise Refused(
            "the kernel that boots next lacks modules that the running one has",
            where=f"/lib/modules/{following}",
            value=", ".join(missing),
            remedy=f"install or build them for {following}, or make {running} the default again and hold it",
        )


def release_of(kernel: str) -> str:
    """The release in the name of a kernel image: /boot/vmlinuz-6.1.0-40-amd64, or /MACHINE/6.1.0-40-amd64/linux."""
    folder, _, name = kernel.rpartition("/")
    return name.partition("-")[2] if "-" in name else folder.rpartition("/")[2]


def _needed(plan: dict) -> list[str]:
    drivers = [part["driver"] for nic in plan["nics"] for part in (nic, *nic["virtualFunctions"])]
    return list(dict.fromkeys(name.replace("-", "_") for name in [*plan["modules"], *drivers]))


def _of(node: Node, release: str, names: list[str]) -> list[str]:
    """Those of the names that a kernel has as a module, or built in."""
    text = "".join(node.read(f"/lib/modules/{release}/{name}") or "" for name in _LISTS) if names else ""
    there = {word.rpartition("/")[2].partition(".ko")[0].replace("-", "_") for word in text.replace(":", " ").split()}
    return [name for name in names if name in there]
