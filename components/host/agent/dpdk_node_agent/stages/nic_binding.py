"""NIC functions on the driver that the plan names, vfio-pci as a rule: virtual functions and whole physical ones.

Nothing that carries the way in is ever bound; a new binding takes itself back unless a new connection confirms it."""

from __future__ import annotations

from typing import NamedTuple

from .. import undotimer
from ..binding import bind, give_back, is_bound, original, refuse_missing_driver
from ..errors import Refused
from ..identity import refuse_another_card
from ..nicknowledge import keeper
from ..node import Node
from ..pci import (
    driver,
    exists,
    group_members,
    iommu_group,
    is_bridge,
    virtual_function,
    virtual_functions,
)
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..vfio import DRIVER, require_groups

NAME = "nic-binding"
PHASE = "run"

# vfio accepts a group whose other members are without driver or on one of these (drivers/vfio/vfio_main.c).
_HARMLESS = {None, DRIVER, "pci-stub", "pcieport"}


class Target(NamedTuple):
    """One function to bind: what the plan calls it, where it is now (None: not there), and its driver."""

    label: str
    pci: str | None
    driver: str
    nic: dict


def check(node: Node, plan: dict) -> Finding:
    targets = _targets(node, plan)
    wrong = [_say(node, target) for target in targets if not _is_right(node, target)]
    wrong += [f"{pci}: bound for an earlier plan" for pci in _obsolete(node, targets)]
    if undotimer.is_armed(node):
        wrong.append("bound, and undone by a timer unless a new connection confirms it")
    if not wrong:
        return ok(", ".join(f"{target.label} on {target.driver}" for target in targets) or "no NIC to bind")
    nothing = targets and not any(_is_right(node, target) for target in targets)
    return absent("; ".join(wrong)) if nothing else partial("; ".join(wrong))


def apply(node: Node, plan: dict) -> None:
    targets = _targets(node, plan)
    missing = [target for target in targets if not _is_right(node, target)]
    _refuse(node, plan, targets, missing)
    _drop_obsolete(node, targets)
    if missing:
        undotimer.arm(node, [str(target.pci) for target in missing], plan["limits"]["confirmSeconds"])
    _bind_all(node, missing)


def revert(node: Node) -> list[str]:
    return [_put_back(node, pci) for pci in reversed(list(saved(node, NAME)))] + undotimer.forget_all(node)


def explain(node: Node, plan: dict) -> list[str]:
    targets = _targets(node, plan)
    lines = [f"give {pci} of an earlier plan back" for pci in _obsolete(node, targets)]
    for target in targets:
        if not _is_right(node, target):
            lines.append(
                f"bind {target.label} to {target.driver}, undone after {plan['limits']['confirmSeconds']} s "
                "unless a new connection confirms it"
                + (", without IOMMU: the kernel is tainted until it boots again" if plan.get("vfioNoIommu") else "")
            )
    return lines


def is_armed(node: Node) -> bool:
    """Whether a binding of this boot waits for its confirmation."""
    return undotimer.is_armed(node)


def confirm(node: Node) -> None:
    """Called over a new connection: the way in still works, so the binding stays, over reboots too."""
    originals = saved(node, NAME)
    undotimer.confirm(node, [pci for pci in originals if driver(node, pci) not in (None, originals[pci]["driver"])])


def apply_confirmed(node: Node, plan: dict) -> None:
    """At boot: binds again what has been confirmed, and nothing else, without a timer."""
    known = undotimer.confirmed(node)
    targets = _targets(node, plan)
    missing = [target for target in targets if target.pci in known and not _is_right(node, target)]
    _refuse(node, plan, targets, missing)
    _bind_all(node, missing)


def give_card_back(node: Node, pci: str) -> None:
    """A card that an earlier plan has bound whole, before functions of it can be made: only its own driver makes them."""
    if pci in saved(node, NAME):
        _put_back(node, pci)


def targets_of(node: Node, plan: dict) -> list[Target]:
    """Every function that the plan has a driver for."""
    return _targets(node, plan)


def _targets(node: Node, plan: dict) -> list[Target]:
    found = []
    for nic in plan["nics"]:
        if nic.get("bind"):
            found.append(Target(nic["name"], nic["pci"], nic["bind"], nic))
        for function in nic.get("virtualFunctions", []):
            if function.get("driver"):
                address = virtual_function(node, nic["pci"], function["index"])
                found.append(Target(f"{nic['name']} vf{function['index']}", address, function["driver"], nic))
    return found


def _is_right(node: Node, target: Target) -> bool:
    return target.pci is not None and is_bound(node, target.pci, target.driver)


def _say(node: Node, target: Target) -> str:
    if target.pci is None or not exists(node, target.pci):
        return f"{target.label}: not there"
    return f"{target.label} ({target.pci}): driver {driver(node, target.pci)}, asked {target.driver}"


def _obsolete(node: Node, targets: list[Target]) -> list[str]:
    asked = [target.pci for target in targets]
    return [pci for pci in saved(node, NAME) if pci not in asked]


def _drop_obsolete(node: Node, targets: list[Target]) -> None:
    for pci in _obsolete(node, targets):
        _put_back(node, pci)


def _bind_all(node: Node, targets: list[Target]) -> None:
    for target in targets:
        pci = str(target.pci)
        save_once(node, NAME, pci, original(node, pci))
        bind(node, pci, target.driver)


def _put_back(node: Node, pci: str) -> str:
    said = f"{pci}: not there any more"
    if exists(node, pci):
        said = give_back(node, pci, saved(node, NAME)[pci])
    undotimer.drop(node, pci)
    forget(node, NAME, pci)
    return said


def _refuse(node: Node, plan: dict, targets: list[Target], missing: list[Target]) -> None:
    """Every reason not to bind, before anything is bound."""
    if not missing:
        return
    if any(target.driver == DRIVER for target in missing):
        require_groups(node, plan)
    for target in missing:
        _refuse_impossible(node, target)
        if not plan.get("vfioNoIommu"):  # vfio then makes a group for each function, when it is bound
            _refuse_shared_group(node, target, [other.pci for other in targets])
        refuse_missing_driver(node, target.driver)
    from ..way_in import refuse_way_in, way_in  # no check needs its addresses and routes

    refuse_way_in(node, way_in(node), [str(target.pci) for target in missing], "binding this NIC")


def _refuse_impossible(node: Node, target: Target) -> None:
    pci, nic = target.pci, target.nic
    refuse_another_card(node, nic)
    if pci is None or not exists(node, pci):
        raise Refused(
            "no such NIC function",
            where=target.label,
            value=str(pci or nic["pci"]),
            remedy="apply virtual-functions first",
        )
    kept = keeper(node, pci) or keeper(node, nic["pci"])
    if kept and target.driver == DRIVER:
        raise Refused(
            "DPDK drives this NIC through its kernel driver, which must keep it",
            where=pci,
            value=kept,
            remedy=f"leave it with {kept} in the fleet file: it needs no binding",
        )
    if pci == nic["pci"] and virtual_functions(node, pci):
        raise Refused(
            "a physical function with virtual ones cannot be given away",
            where=pci,
            value=f"{len(virtual_functions(node, pci))} virtual functions",
            remedy="bind those, or remove them",
        )


def _refuse_shared_group(node: Node, target: Target, asked: list[str | None]) -> None:
    """An IOMMU group goes to one application as a whole; one member on a kernel driver makes it not viable."""
    pci = str(target.pci)
    group = iommu_group(node, pci)
    if target.driver != DRIVER:
        return
    if group is None:
        raise Refused(
            "the function is in no IOMMU group", where=pci, remedy="boot with intel_iommu=on, or use another slot"
        )
    for other in group_members(node, group):
        if other not in asked and not is_bridge(node, other) and driver(node, other) not in _HARMLESS:
            raise Refused(
                "another device shares the IOMMU group and has a kernel driver",
                where=f"{pci}, group {group}",
                value=f"{other} on {driver(node, other)}",
                remedy="bind both, or use a slot with ACS",
            )
