"""The kernel's unbound workqueues (writeback among them) stay off the isolated CPUs.

The first mask bounds every unbound workqueue, those in folders below it are single ones that may be asked for CPUs of
their own (Documentation/core-api/workqueue.rst). A kernel that boots with isolcpus=domain has the first one right."""

from __future__ import annotations

from .. import kernelfiles
from ..kernelfiles import Setting
from ..node import Node
from ..ranges import as_mask, of_mask
from ..stage import Finding
from ..sysfs import value
from ..tuningplan import asked, kept_off, nothing

NAME = "workqueues"
PHASE = "run"

HOME = "/sys/devices/virtual/workqueue"


def check(node: Node, plan: dict) -> Finding:
    missing = "the kernel shows no workqueue"
    return kernelfiles.check(node, NAME, _settings(node, plan), nothing(plan, "workqueues", missing))


def apply(node: Node, plan: dict) -> None:
    kernelfiles.apply(node, NAME, _settings(node, plan), _cpus)


def revert(node: Node) -> list[str]:
    return kernelfiles.revert(node, NAME, _cpus)


def explain(node: Node, plan: dict) -> list[str]:
    return kernelfiles.explain(node, NAME, _settings(node, plan))


def _settings(node: Node, plan: dict) -> list[Setting]:
    found = []
    for name in ["", *node.names(HOME)] if asked(plan, "workqueues") else []:
        path = f"{HOME}/{name}/cpumask" if name else f"{HOME}/cpumask"
        now = _cpus(node, path)
        if now is not None:
            wanted = as_mask(kept_off(of_mask(now), plan))
            called = f"the CPU mask of workqueue {name}" if name else "the CPU mask of all workqueues"
            found.append(Setting(path, called, now, wanted))
    return found


def _cpus(node: Node, path: str) -> str | None:
    """The mask without the zeros that the kernel fills it up with."""
    text = value(node, path)
    return None if text is None else as_mask(of_mask(text))
