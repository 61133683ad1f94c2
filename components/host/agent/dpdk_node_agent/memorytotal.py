"""All memory of a machine."""

from __future__ import annotations

from .node import Node
from .sysfs import value

_BLOCKS = "/sys/devices/system/memory"


def total_kib(node: Node) -> int | None:
    """Memory blocks times their size, which is what was bought; MemTotal, a few percent less, where there are none."""
    size = value(node, f"{_BLOCKS}/block_size_bytes")  # hexadecimal (Documentation/ABI/testing/sysfs-devices-memory)
    blocks = [name for name in node.names(_BLOCKS) if name.startswith("memory") and name[len("memory") :].isdigit()]
    if size and blocks:
        return len(blocks) * int(size, 16) // 1024
    for line in (node.read("/proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1])
    return None
