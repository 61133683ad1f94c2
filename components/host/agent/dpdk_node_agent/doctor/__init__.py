"""What is wrong with a node, by the issues that operators know: the seed's six (Troubleshooting), its question about
packet drops (FAQ Q7), and what keeps a server from becoming a DPDK node. Looks, changes nothing."""

from __future__ import annotations

from .. import ena
from ..dataplane import data_plane
from ..node import Node
from ..planfile import kept
from . import (
    allowances,
    binding,
    connectivity,
    crashes,
    drops,
    iommu,
    memory,
    performance,
    preparation,
    writecombining,
)
from .case import Case
from .finding import Finding

# In the order in which one causes the other: a node without its NIC has no link either. Allowances come last, so that
# their second look is long after the first.
_SUBJECTS = (
    preparation,
    iommu,
    binding,
    memory,
    crashes,
    connectivity,
    drops,
    performance,
    writecombining,
    allowances,
)


def findings(node: Node) -> list[Finding]:
    """Empty where nothing is wrong. What the plan asks for is looked at where there is one."""
    plan = kept(node)
    running = data_plane(node, plan) if plan else None
    case = Case(node, plan, node.ask("dmesg", "--notime").out, running, ena.look(node, running))
    return [found for subject in _SUBJECTS for found in subject.look(case)]


def doctor(node: Node) -> list[str]:
    """The same, a line each."""
    return [found.line() for found in findings(node)]
