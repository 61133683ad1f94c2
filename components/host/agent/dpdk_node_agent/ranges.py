"""CPU lists as the kernel writes them: "0-1,4"."""

from __future__ import annotations


def numbers(text: str) -> list[int]:
    """numbers("0-1,4") is [0, 1, 4]; an empty text is no CPU."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return sorted(found)
