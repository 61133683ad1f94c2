"""Modules that the next kernel lacks. A kernel that came with an upgrade has the distribution's modules and no others:
one that was built for the running kernel (a card's driver, PF_RING) is not there after the reboot."""

from __future__ import annotations

import re

from .errors import Refused
from .node import Node
from .sysfs import value

_MODULES = "/sys/module"


def refuse_without_modules(node: Node, plan: dict, kernel: str) -> None:
    """Refuses to reboot into a kernel (`/boot/vmlinuz-RELEASE`) without a module that the plan, or this node as it
    runs now, needs."""
    running = value(node, "/proc/sys/kernel/osrelease") or ""
    release = re.sub(r"^.*/vmlinu[zx]-", "", kernel)
    if release in ("", kernel, running):
        return  # no name that tells, or the kernel that runs
    there = _of_kernel(node, release)
    needed = dict.fromkeys([*plan["modules"], *_out_of_tree(node, running)])
    missing = [name for name in needed if _plain(name) not in there]
    if missing:
        raise Refused(
            f"the kernel that would boot next lacks modules that kernel {running} has",
            where=f"/lib/modules/{release}",
            value=f"no {', '.join(missing)}",
            remedy=f"build them for it (`dkms autoinstall -k {release}`), or make {running} the default again and set "
            "`holdKernel: true` in the fleet file",
        )


def _of_kernel(node: Node, release: str) -> set[str]:
    """All that modprobe finds there: modules.dep has also what dkms and weak-updates have put there (depmod(8))."""
    names = ("modules.dep", "modules.builtin")
    text = "\n".join(node.read(f"/lib/modules/{release}/{name}") or "" for name in names)
    return {_plain(found) for found in re.findall(r"^(?:[^:\n]*/)?([^/:\n]+?)\.ko", text, re.MULTILINE)}


def _out_of_tree(node: Node, running: str) -> list[str]:
    """Loaded modules that the kernel's own source does not have: taint flag O (admin-guide/tainted-kernels). What is not
    in the running kernel's folder either no kernel loads by itself: live patches, what a security agent brings along."""
    loaded = [name for name in node.names(_MODULES) if "O" in (value(node, f"{_MODULES}/{name}/taint") or "")]
    known = _of_kernel(node, running) if loaded else set()
    return [name for name in loaded if _plain(name) in known]


def _plain(name: str) -> str:
    return name.replace("-", "_")
