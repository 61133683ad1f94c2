"""How the kernel has mapped a range of physical memory: its list of what was asked for by anything but RAM
(arch/x86/mm/pat/memtype.c, which only x86 has)."""

from __future__ import annotations

import re

from .node import Node
from .sysfs import value

LIST = "/sys/kernel/debug/x86/pat_memtype_list"
WRITE_COMBINING = "write-combining"
# `PAT: [mem 0x00000000fe900000-0x00000000fea00000] write-combining`; kernels before 5.6 write
# `write-combining @ 0xfe900000-0xfea00000`. The end is the first address behind the range.
_RANGE = r"0x([0-9a-f]+)-0x([0-9a-f]+)"
_TYPE = r"(?:uncached|write)(?:-[a-z]+)?"


def memory_types(node: Node, first: int, last: int) -> set[str] | None:
    """By their names in the list, as what addresses of the range are mapped; empty: none is. None: the list cannot be
    read."""
    text = value(node, LIST)
    if text is None:
        return None
    found = set()
    for line in text.splitlines():
        place, kind = re.search(_RANGE, line), re.search(_TYPE, line)
        if place and kind and int(place[1], 16) <= last and int(place[2], 16) > first:
            found.add(kind[0])
    return found
