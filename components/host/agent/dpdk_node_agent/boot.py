"""What dpdk-node-boot.service runs: the stages whose work does not survive a reboot, as they were last applied."""

from __future__ import annotations

import sys
from types import ModuleType

from . import poolatboot, runstate
from .errors import AgentError
from .node import Node
from .pci import driver, interfaces
from .polling import until
from .stage import State
from .stages import (
    boot_unit,
    clocksource,
    governor,
    hugepages,
    idle_states,
    irqs,
    nic_binding,
    nic_settings,
    sysctl,
    transparent_hugepages,
    vfio_no_iommu,
    virtual_functions,
    workqueues,
)
from .store import read_document, saved
from .vfio import DRIVER

# Drivers load while this unit starts; a card that is not there by then will not come.
CARD_SECONDS = 60
# Who holds the lock, as a converge sees it that comes while this runs, and how long this waits for such a one.
RUN = runstate.AT_BOOT
LOCK_SECONDS = 120
# What is not here lies in files that the system itself reads at boot. Interrupts come when the cards have theirs.
_STAGES = (
    sysctl,
    hugepages,
    transparent_hugepages,
    workqueues,
    governor,
    idle_states,
    clocksource,
    vfio_no_iommu,
    nic_settings,
    virtual_functions,
    nic_binding,
    irqs,
)


def boot(node: Node) -> int:
    """Puts everything back that was in effect before; 1 where something could not, each a line in the journal."""
    plan = read_document(node, boot_unit.DOCUMENT)
    if plan is None:
        return 0
    if runstate.is_starting_service(node):
        return 0
    with runstate.changing(node, RUN, RUN, LOCK_SECONDS):
        failed = _put_all_back(node, plan)
    for line in failed:
        print(f"dpdk-node-agent: {line}", file=sys.stderr)
    return 1 if failed else 0


def _put_all_back(node: Node, plan: dict) -> list[str]:
    """Every stage, also where one before it fails; answers the failures."""
    failed = []
    if any(saved(node, stage.NAME) for stage in (nic_settings, virtual_functions, nic_binding)):
        _wait_for_cards(node, plan)
    for stage in _stages(plan):
        try:
            _put_back(node, stage, plan)
        except AgentError as error:
            failed.append(f"{stage.NAME}: {error.line()}")
        except Exception as unexpected:  # tuning that a kernel to come makes stumble must not cost the node its binding
            import traceback

            traceback.print_exc()
            failed.append(f"{stage.NAME}: stumbled over {type(unexpected).__name__}: {unexpected}; report this")
    return failed


def _stages(plan: dict) -> list[ModuleType]:
    """Hugepages have units of their own. Between an upgrade and the next `up` there is the older document only."""
    return [stage for stage in _STAGES if stage is not hugepages or plan.get("hugepages")]


def _put_back(node: Node, stage: ModuleType, plan: dict) -> None:
    if not saved(node, stage.NAME):
        return  # never applied, or reverted
    if stage.check(node, plan).state is State.OK:
        return
    if stage is hugepages:
        for entry in plan["hugepages"]:
            poolatboot.fill(node, entry)
    elif stage is nic_binding:
        nic_binding.apply_confirmed(node, plan)
    else:
        stage.apply(node, plan)


def _wait_for_cards(node: Node, plan: dict) -> None:
    """By its interface a card is known to be the one of the plan."""
    node.ask("udevadm", "settle", "--timeout=30", timeout=40)  # an interface that is up cannot be renamed any more
    until(lambda: all(interfaces(node, nic["pci"]) for nic in plan["nics"] if _is_with_kernel(node, nic)), CARD_SECONDS)


def _is_with_kernel(node: Node, nic: dict) -> bool:
    return driver(node, nic["pci"]) != DRIVER
