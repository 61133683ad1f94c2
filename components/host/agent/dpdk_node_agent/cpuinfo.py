"""What /proc/cpuinfo says of the first processor: model and flags. Arm calls its flags Features."""

from __future__ import annotations

from .node import Node

# What DPDK builds and data planes choose by; of the hundred others nobody asks.
TELLING = (
    "sse4_2",
    "avx2",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "aes",
    "pdpe1gb",
    "constant_tsc",
    "nonstop_tsc",
    "hypervisor",
    "asimd",
    "crc32",
)


def model(node: Node) -> str | None:
    found = _first(node, "model name")
    return found or None


def flags(node: Node) -> frozenset:
    """Every flag of the first processor; empty where there is no such line."""
    return frozenset((_first(node, "flags") or _first(node, "Features") or "").split())


def is_arm(node: Node) -> bool:
    return _first(node, "Features") is not None


def _first(node: Node, name: str) -> str | None:
    for line in (node.read("/proc/cpuinfo") or "").splitlines():
        key, colon, text = line.partition(":")
        if colon and key.strip() == name:
            return text.strip()
    return None
