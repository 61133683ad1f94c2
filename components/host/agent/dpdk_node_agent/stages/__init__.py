"""The stages in the order in which they are applied; revert goes the other way."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..errors import AgentError

# What the machine cannot be is refused before anything is changed. DPDK comes after the packages that it is built with, and
# before the reboot: a build that fails costs none.
BOOT = ("compatibility", "packages", "dpdk", "kernel-arguments")
# Accounts come before what they own; files come after the image, because a configuration that the image's own program
# refuses must never be written; a NIC's settings come before its virtual functions, which a reset would take along;
# interrupts are moved once the cards have theirs; the service comes last, when all that it needs is
# there, and the kubelet of a node that has one: it counts hugepages when it starts.
RUN = (
    "modules",
    "vfio-no-iommu",
    "accounts",
    "hugepages",
    "hugepage-mounts",
    "sysctl",
    "systemd-affinity",
    "irqbalance",
    "workqueues",
    "governor",
    "idle-states",
    "transparent-hugepages",
    "clocksource",
    "vfio-access",
    "boot-unit",
    "hugepage-units",
    "nic-settings",
    "virtual-functions",
    "nic-binding",
    "irqs",
    "image",
    "files",
    "service",
    "kubelet",
)
ALL = BOOT + RUN


def stage(name: str) -> ModuleType:
    """The stage of that name. Loaded when it is needed: a check of one stage does not pay for the others."""
    if name not in ALL:
        raise AgentError("there is no such stage", value=repr(name), remedy=f"name one of {', '.join(ALL)}")
    return import_module(f".{name.replace('-', '_')}", __name__)
