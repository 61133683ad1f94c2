"""Which of two names is the newer one, as the boot loaders see it. Pure."""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import Callable


def newest_first(names: list[str], compare: Callable[[str, str], int]) -> list[str]:
    return sorted(names, key=cmp_to_key(compare), reverse=True)


def grub_compare(a: str, b: str) -> int:
    """Of two names of entries, as blscfg.c of Red Hat's GRUB does: NAME-VERSION-RELEASE, each compared as rpm does."""
    for one, two in zip(_split(a), _split(b)):
        order = _rpm_compare(one, two)
        if order:
            return order
    return 0


def _split(name: str) -> list[str]:
    parts = name.rsplit("-", 2)
    return parts + [""] * (3 - len(parts))


def _rpm_compare(a: str, b: str) -> int:
    """Segments of digits or letters; digits are newer than letters, `~` is older than nothing, `+` newer."""
    one, two = (re.findall(r"\d+|[A-Za-z]+|~|\+", text) for text in (a, b))
    for x, y in zip([*one, None], [*two, None]):
        if x != y or x is None:
            return _compare_segments(x, y)
    return (len(one) > len(two)) - (len(one) < len(two))


def _compare_segments(x: str | None, y: str | None) -> int:
    for sign, less in (("~", True), ("+", False)):
        if sign in (x, y):
            if None in (x, y):
                return (-1 if x == sign else 1) if less else (1 if x == sign else -1)
            return -1 if x == sign else 1
    if x is None or y is None:
        return (x is not None) - (y is not None)
    if x.isdigit() != y.isdigit():
        return 1 if x.isdigit() else -1
    if x.isdigit():
        return (int(x) > int(y)) - (int(x) < int(y))
    return (x > y) - (x < y)


def uapi_compare(a: str, b: str) -> int:
    """As systemd-boot does (UAPI.10 version format): `~` older than the end, then the end, `-`, `^`, `.`, letters,
    digits."""
    one, two = (re.findall(r"\d+|[A-Za-z]+|[~^.-]", text) for text in (a, b))
    for x, y in zip([*one, ""], [*two, ""]):
        if x == y and x:
            continue
        rank = (_rank(x) > _rank(y)) - (_rank(x) < _rank(y))
        if rank or not x:
            return rank
        if x.isdigit():
            if int(x) != int(y):
                return 1 if int(x) > int(y) else -1
        elif x != y:
            return 1 if x > y else -1
    return (len(one) > len(two)) - (len(one) < len(two))


def _rank(segment: str) -> int:
    if not segment:
        return 1
    if segment in "~-^.":
        return {"~": 0, "-": 2, "^": 3, ".": 4}[segment]
    return 6 if segment.isdigit() else 5
