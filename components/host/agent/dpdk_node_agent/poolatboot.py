"""What dpdk-hugepages@NODE-SIZE.service runs: a pool of the plan that was applied, reserved and read back."""

from __future__ import annotations

from . import hugepageunits, runstate, trial
from .errors import AgentError, Refused
from .node import Node
from .stages import hugepage_units, hugepages
from .store import read_document

# The pools of a node start together, and one after the other holds the node.
_LOCK_SECONDS = 120
_LOOK = "run `dpdk-node-agent check hugepages`"


def pool(node: Node, instance: str) -> None:
    """Returns when the pool has its pages. Where it has them already nobody is waited for: the boot loader's arguments
    gave them, or whoever starts the data plane, and systemd this unit along with it, has just reserved them."""
    entry = _entry(node, instance)
    if _has_all(node, entry):
        return
    if runstate.is_starting_service(node):
        raise _missing(node, entry, "hugepages are missing while the service is started", _LOOK)
    with runstate.changing(node, runstate.AT_BOOT, runstate.AT_BOOT, _LOCK_SECONDS):
        fill(node, entry)


def fill(node: Node, entry: dict) -> None:
    """Makes a pool what it was. In a trial boot the memory is a later plan's, whose `up` goes on from there: these
    pages on top of its own would leave the system none."""
    if _has_all(node, entry):
        return
    if _is_trial(node):
        raise _missing(node, entry, "hugepages of the plan before are not reserved in a trial boot", "let `up` go on")
    hugepages.reserve(node, entry)


def _has_all(node: Node, entry: dict) -> bool:
    """More are a later plan's, where its arguments are on trial, and those of 1G always: given back here they may not be
    had again before a boot, at which this would happen again. Of 2M a kernel before 5.16 gives each NUMA node as many."""
    now = hugepages.pages(node, entry) or 0
    return now == entry["pages"] or (now > entry["pages"] and (entry["size"] == "1G" or _is_trial(node)))


def _is_trial(node: Node) -> bool:
    opened = trial.remembered(node).trial
    return opened is not None and trial.is_running(node, opened)


def _missing(node: Node, entry: dict, what: str, remedy: str) -> AgentError:
    value = f"{hugepages.pages(node, entry)} of {entry['pages']}"
    return AgentError(what, where=hugepageunits.unit(entry), value=value, remedy=remedy)


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
