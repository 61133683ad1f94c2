"""Which boot of the node this is."""

from __future__ import annotations

from .node import Node


def boot_id(node: Node) -> str:
    """The kernel's random name of this boot."""
    return (node.read("/proc/sys/kernel/random/boot_id") or "").strip()
