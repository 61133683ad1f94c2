"""Processors: which are online, isolated, free of the tick, which share a core, and which NUMA node has which."""

from __future__ import annotations

import re

from ..cpuinfo import TELLING, flags, model
from ..node import Node
from ..stages.hugepages import NODES, memory_kib
from ..sysfs import value

_CPUS = "/sys/devices/system/cpu"


def cpus(node: Node) -> dict:
    there = flags(node)
    return {
        "model": model(node),
        "flags": [flag for flag in TELLING if flag in there],
        "online": online(node),
        "isolated": isolated(node),
        "nohzFull": _list(node, "nohz_full"),
        "smtSiblings": _siblings(node),
    }


def online(node: Node) -> str:
    return _list(node, "online")


def isolated(node: Node) -> str:
    """The CPUs that the scheduler leaves alone, as a list of ranges; empty where there are none."""
    return _list(node, "isolated")


def numa_nodes(node: Node) -> list[dict]:
    names = [name for name in node.names(NODES) if re.match(r"^node[0-9]+$", name)]
    numbers = sorted(int(name[len("node") :]) for name in names)
    return [
        {"id": n, "cpus": value(node, f"{NODES}/node{n}/cpulist") or "", "memoryKiB": memory_kib(node, n)}
        for n in numbers
    ]


def _list(node: Node, name: str) -> str:
    """The kernel writes (null) for a list that was never made."""
    text = value(node, f"{_CPUS}/{name}") or ""
    return "" if text == "(null)" else text


def _siblings(node: Node) -> list[str]:
    """The hardware threads of each core, a text a core: "0,4" or "0-1"."""
    found = {}
    for name in node.names(_CPUS):
        text = value(node, f"{_CPUS}/{name}/topology/thread_siblings_list") if re.match(r"^cpu[0-9]+$", name) else None
        if text:
            found[text] = int(re.split("[,-]", text)[0])
    return sorted(found, key=lambda text: found[text])
