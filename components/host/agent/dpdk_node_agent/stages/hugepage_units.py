"""dpdk-hugepages@NODE-SIZE.service for each pool and hugepages.service for all: at boot they, and nobody else, put back
the pages that were applied. The kernel's arguments give most of them before; what they do not give is reserved here."""

from __future__ import annotations

from .. import hugepageunits, units
from ..errors import Refused
from ..hugepageunits import ALL, TARGET, TEMPLATE
from ..node import Node
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document

NAME = "hugepage-units"
PHASE = "run"

# The pools that were applied, not those of a later plan whose trial boot failed.
DOCUMENT = "boot-hugepages.json"


def check(node: Node, plan: dict) -> Finding:
    pools = plan["hugepages"]
    if not pools:
        return partial(f"{ALL}: of an earlier plan") if _is_there(node) else ok("no hugepages asked for")
    if _is_installed(node, pools) and read_document(node, DOCUMENT) == pools:
        return ok(", ".join(hugepageunits.unit(entry) for entry in pools))
    return partial(f"{ALL}: not as asked") if _is_there(node) else absent(f"{ALL}: not enabled")


def apply(node: Node, plan: dict) -> None:
    pools = plan["hugepages"]
    if not pools:
        revert(node)
        return
    refuse_impossible(node, plan)
    if read_document(node, DOCUMENT) != pools:
        write_document(node, DOCUMENT, pools)
    if _is_installed(node, pools):
        return
    others = {TEMPLATE: hugepageunits.template()}
    units.install(node, NAME, ALL, hugepageunits.all_of_them(pools), TARGET, others)
    # As it will be after every boot: the pages are there already (stage hugepages), so this only reads them back.
    node.run("systemctl", "start", ALL)


def revert(node: Node) -> list[str]:
    if units.owned(node, NAME):
        # They stay "active (exited)" without a file otherwise. Whoever requires them loses the pages with them.
        node.run("systemctl", "stop", *hugepageunits.PATTERNS)
    done = units.remove(node, NAME)
    drop_document(node, DOCUMENT)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    if check(node, plan).state == "ok":
        return []
    if not plan["hugepages"]:
        return [f"remove {ALL} of an earlier plan"]
    return [f"enable {ALL}: {', '.join(hugepageunits.unit(entry) for entry in plan['hugepages'])}"]


def _is_installed(node: Node, pools: list[dict]) -> bool:
    others = {TEMPLATE: hugepageunits.template()}
    return units.is_installed(node, ALL, hugepageunits.all_of_them(pools), TARGET, others)


def _is_there(node: Node) -> bool:
    return bool(units.owned(node, NAME)) or read_document(node, DOCUMENT) is not None


def refuse_impossible(node: Node, plan: dict) -> None:
    """Two units that reserve hugepages undo one another."""
    for name in (ALL, TEMPLATE) if plan["hugepages"] else ():
        _refuse_foreign(node, name)


def _refuse_foreign(node: Node, name: str) -> None:
    if name not in units.owned(node, NAME) and node.exists(f"{units.FOLDER}/{name}"):
        raise Refused(
            "a unit of this name is there already",
            where=f"{units.FOLDER}/{name}",
            remedy=f"stop, disable and remove {name}: its pages are the plan's from now on; then run up again",
        )
