"""One thing that is wrong: what it is called by operators, why, by what evidence, and what mends it."""

from __future__ import annotations

import re
from typing import NamedTuple

# The seed's issues 1 to 6, its question Q7, and what it has no number for.
BINDING, HUGEPAGES, IOMMU = "nic-binding", "hugepages", "iommu"
PERFORMANCE, CRASHES, CONNECTIVITY = "performance", "crashes", "connectivity"
DROPS, PREPARATION = "packet-drops", "preparation"


class Finding(NamedTuple):
    """`stage` is what `dpdk-node-agent apply` would mend it with; `safe`: that takes nothing away from anybody."""

    issue: str
    cause: str
    mend: str
    evidence: str = ""
    stage: str = ""
    safe: bool = False

    def line(self) -> str:
        return f"{self.cause}: {self.mend}"

    def as_data(self) -> dict:
        return {
            "issue": self.issue,
            "cause": self.cause,
            "evidence": self.evidence,
            "mend": self.mend,
            "stage": self.stage or None,
            "safe": self.safe,
        }


def by_stage(issue: str, cause: str, evidence: str, stage: str, safe: bool) -> Finding:
    """What the agent's own apply of one stage mends."""
    return Finding(issue, cause, f"sudo dpdk-node-agent apply {stage}", evidence, stage, safe)


def by_line(issue: str, line: str) -> Finding:
    """What another part of the agent says in one line: `CAUSE: REMEDY`, its evidence within. A colon in what is to be
    written somewhere, between backquotes, divides nothing."""
    at = max(found.start() for found in re.finditer(": ", line) if line.count("`", 0, found.start()) % 2 == 0)
    return Finding(issue, line[:at], line[at + 2 :])
