"""Transparent hugepages: the kernel's own moving of memory into large pages, which stops who uses it while it moves."""

from __future__ import annotations

import re

from .. import kernelfiles
from ..kernelfiles import Setting
from ..node import Node
from ..stage import Finding
from ..sysfs import value
from ..tuningplan import asked, nothing

NAME = "transparent-hugepages"
PHASE = "run"

FILE = "/sys/kernel/mm/transparent_hugepage/enabled"


def check(node: Node, plan: dict) -> Finding:
    missing = "the kernel was built without transparent hugepages"
    return kernelfiles.check(node, NAME, _settings(node, plan), nothing(plan, "transparentHugepages", missing))


def apply(node: Node, plan: dict) -> None:
    kernelfiles.apply(node, NAME, _settings(node, plan), _chosen)


def revert(node: Node) -> list[str]:
    return kernelfiles.revert(node, NAME, _chosen)


def explain(node: Node, plan: dict) -> list[str]:
    return kernelfiles.explain(node, NAME, _settings(node, plan))


def _settings(node: Node, plan: dict) -> list[Setting]:
    wanted, now = asked(plan, "transparentHugepages"), _chosen(node, FILE)
    return [Setting(FILE, "transparent hugepages", now, wanted)] if wanted and now else []


def _chosen(node: Node, path: str) -> str | None:
    """The kernel lists its choices and marks one: `always [madvise] never`."""
    found = re.search(r"\[(\w+)\]", value(node, path) or "")
    return found.group(1) if found else None
