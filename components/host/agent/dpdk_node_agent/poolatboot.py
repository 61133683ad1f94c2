"""What dpdk-hugepages@NODE-SIZE.service runs: a pool of the plan that was applied, reserved and read back."""

from __future__ import annotations

from . import hugepageunits, runstate
from .errors import AgentError, Refused
from .node import Node
from .stages import hugepage_units, hugepages
from .store import read_document

# The pools of a node start together, and one after the other holds the node.
_LOCK_SECONDS = 120


def pool(node: Node, instance: str) -> None:
    """Returns when the pool has its pages. Where it has them already nobody is waited for: the boot loader's arguments
    gave them, or whoever starts the data plane, and systemd this unit along with it, has just reserved them."""
    entry = _entry(node, instance)
    if hugepages.pages(node, entry) == entry["pages"]:
        return
    if runstate.is_starting_service(node):
        raise AgentError(
            "hugepages are missing while the service is started",
            where=hugepageunits.unit(entry),
            value=f"{hugepages.pages(node, entry)} of {entry['pages']}",
            remedy="run `dpdk-node-agent check hugepages`",
        )
    with runstate.changing(node, runstate.AT_BOOT, runstate.AT_BOOT, _LOCK_SECONDS):
        hugepages.reserve(node, entry)


def _entry(node: Node, instance: str) -> dict:
    pools = read_document(node, hugepage_units.DOCUMENT) or []
    for entry in pools:
        if hugepageunits.instance(entry) == instance:
            return entry
    known = ", ".join(hugepageunits.instance(entry) for entry in pools)
    raise Refused(
        "no plan that was applied has this pool of hugepages",
        where="hugepages",
        value=instance,
        remedy=f"name one of {known}" if known else "run `up`",
    )
