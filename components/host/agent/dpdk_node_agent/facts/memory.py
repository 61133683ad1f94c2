"""Hugepages as they are now, per NUMA node and size."""

from __future__ import annotations

import re

from ..node import Node
from ..sizes import short
from ..stages.hugepages import NODES
from ..sysfs import number


def hugepages(node: Node) -> list[dict]:
    found = []
    for numa in node.names(NODES):
        folder = f"{NODES}/{numa}/hugepages"
        for name in node.names(folder) if re.match(r"^node[0-9]+$", numa) else []:
            size = int(name[len("hugepages-") : -len("kB")])
            found.append(
                {
                    "size": short(size),
                    "numaNode": int(numa[len("node") :]),
                    "pages": number(node, f"{folder}/{name}/nr_hugepages"),
                    "free": number(node, f"{folder}/{name}/free_hugepages"),
                }
            )
    return sorted(found, key=lambda entry: (entry["numaNode"], entry["size"]))
