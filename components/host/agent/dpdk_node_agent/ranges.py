"""CPU lists and CPU masks as the kernel writes them: "0-1,4" and "00000013"."""

from __future__ import annotations

from typing import Iterable


def numbers(text: str) -> list[int]:
    """numbers("0-1,4") is [0, 1, 4]; an empty text is no CPU."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return sorted(found)


def as_list(cpus: Iterable[int]) -> str:
    """as_list([0, 1, 4]) is "0-1,4": ranges wherever there are some, for single numbers make long lists that are cut."""
    parts: list[list[int]] = []
    for cpu in sorted(set(cpus)):
        if parts and parts[-1][-1] == cpu - 1:
            parts[-1][1:] = [cpu]
        else:
            parts.append([cpu])
    return ",".join("-".join(map(str, part)) for part in parts)


def as_mask(cpus: Iterable[int]) -> str:
    """as_mask([0, 1, 4]) is "13"; groups of 32 bits stand between commas, which the kernel's reader needs."""
    digits = f"{sum(1 << cpu for cpu in set(cpus)):x}"
    head = len(digits) % 8
    groups = [digits[:head]] if head else []
    return ",".join(groups + [digits[place : place + 8] for place in range(head, len(digits), 8)])


def of_mask(text: str) -> set[int]:
    """of_mask("0,00000013") is {0, 1, 4}."""
    bits = int(text.replace(",", "") or "0", 16)
    return {cpu for cpu in range(bits.bit_length()) if bits >> cpu & 1}
