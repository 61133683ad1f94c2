"""Settings of an operator's own that fight the plan's hugepages. vm.nr_hugepages sets the pool of the default size on
all NUMA nodes together: `sysctl --system`, which packages run too, would shrink or spread what the plan has placed."""

from __future__ import annotations

from .errors import Refused
from .node import Node
from .stages import sysctl

_KEYS = ("vm.nr_hugepages", "vm.nr_hugepages_mempolicy")
# x86-64's default where no kernel argument names another.
_DEFAULT_SIZE = "2M"


def fights(node: Node, plan: dict) -> list[str]:
    """A sentence for each file that sets another number than the plan's sum. The same sum moves no page
    (mm/hugetlb.c, set_max_huge_pages)."""
    pools = plan["hugepages"]
    if not pools:
        return []
    size = _default_size(plan)
    pages = sum(entry["pages"] for entry in pools if entry["size"] == size)
    return [
        f"{path} sets {key} to {text}, the plan has {pages} pages of {size}"
        for path in sysctl.all_files(node)
        for key, text in sysctl.settings(node.read(path) or "")
        if key.replace("/", ".") in _KEYS and text != str(pages)
    ]


def refuse(node: Node, plan: dict) -> None:
    found = fights(node, plan)
    if found:
        raise Refused(
            "a setting of the node's own would change the hugepages again",
            where="vm.nr_hugepages",
            value="; ".join(found),
            remedy="take the line out there, then run up again",
        )


def _default_size(plan: dict) -> str:
    for token in plan.get("kernel", {}).get("arguments", []):
        if token.startswith("default_hugepagesz="):
            return token.partition("=")[2]
    return _DEFAULT_SIZE
