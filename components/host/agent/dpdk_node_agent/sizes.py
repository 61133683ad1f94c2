"""Sizes of memory as people and kernels write them: 2M, 1G, 1024M, 2048K."""

from __future__ import annotations

import re

from .errors import Refused

_UNITS = {"K": 1, "M": 1024, "G": 1024 * 1024}


def kib(size: str) -> int:
    """A size in KiB: kib("2M") is 2048. The kernel shows the page size of a 1G mount as 1024M."""
    found = re.match(r"^([1-9][0-9]*)([KMG])B?$", size.strip(), re.IGNORECASE)
    if not found:
        raise Refused("not a size of memory", value=repr(size), remedy="write 2M or 1G")
    return int(found.group(1)) * _UNITS[found.group(2).upper()]


def short(amount_kib: int) -> str:
    """The shortest way to write so many KiB: short(1048576) is "1G"."""
    for unit in ("G", "M"):
        if amount_kib % _UNITS[unit] == 0:
            return f"{amount_kib // _UNITS[unit]}{unit}"
    return f"{amount_kib}K"
