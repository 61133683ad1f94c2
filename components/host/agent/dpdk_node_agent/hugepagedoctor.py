"""What is wrong with a node's hugepages against the plan that was last asked for: a line each, with its remedy."""

from __future__ import annotations

from . import hugepageunits, poolsysctl, stalemaps
from .node import Node
from .planfile import kept
from .stages import hugepages


def hugepage_lines(node: Node) -> list[str]:
    """Looks, changes nothing; empty where nothing is wrong."""
    plan = kept(node) or {"hugepages": []}
    fights = poolsysctl.fights(node, plan)
    remedy = "take the line out there, a package's `sysctl --system` would apply it"
    return [*_short(node, plan), *(f"{text}: {remedy}" for text in fights), *_stale(node)]


def _short(node: Node, plan: dict) -> list[str]:
    found = []
    for entry in plan["hugepages"]:
        pages = hugepages.pages(node, entry)
        if pages is None:
            found.append(
                f"no pool of {entry['size']} on NUMA node {entry['numaNode']}: the kernel hides it where "
                "default_hugepagesz= is another size (before 5.8); boot with the plan's arguments"
            )
        elif pages < entry["pages"]:
            found.append(
                f"{pages} of {entry['pages']} hugepages of {entry['size']} on NUMA node {entry['numaNode']}: "
                f"run up again, `journalctl -u {hugepageunits.unit(entry)}` says why, a reboot puts memory in one piece"
            )
    return found


def _stale(node: Node) -> list[str]:
    """In all hugetlbfs mounts, of whatever program."""
    found = []
    for line in (node.read("/proc/self/mounts") or "").splitlines():
        parts = line.split(" ")
        if len(parts) < 3 or parts[2] != "hugetlbfs":
            continue
        left = stalemaps.stale(node, parts[1])
        if left:
            found.append(
                f"{parts[1]}: {len(left)} files of a DPDK process that is gone hold a page each ({left[0]}): "
                "remove them; the service removes its own before it starts"
            )
    return found
