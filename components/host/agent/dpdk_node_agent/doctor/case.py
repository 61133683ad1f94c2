"""What every subject of the doctor looks at."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..cmdline import lacking, tokens
from ..ena import Look
from ..errors import AgentError
from ..node import Node
from ..stage import Finding as Checked
from ..stage import unverifiable
from ..stages import stage
from ..vfio import DRIVER, has_groups


class Case(NamedTuple):
    """A node; the plan that it was last asked for, and its data plane, where it has them; the kernel's log; what AWS
    had held back when the doctor began."""

    node: Node
    plan: dict | None
    log: str
    data_plane: dict | None
    allowances: Look

    @property
    def service_is_up(self) -> bool:
        """Whether something would be lost if what the service stands on were taken away for a moment."""
        return self.data_plane is not None and self.data_plane["unit"]["active"] not in ("inactive", "failed")

    @property
    def wants_vfio(self) -> bool:
        """Whether vfio-pci is to own a NIC; a machine without a plan may be asked to."""
        return self.plan is None or DRIVER in self.plan["modules"]

    @property
    def lacks_iommu(self) -> bool:
        """Whether vfio-pci cannot own one. A plan may ask by name to go without, and then nothing is lacking."""
        return self.wants_vfio and not has_groups(self.node) and not (self.plan or {}).get("vfioNoIommu")

    def check(self, name: str) -> Checked:
        """A stage against the plan; only for those who have one."""
        assert self.plan is not None
        try:
            return stage(name).check(self.node, self.plan)
        except AgentError as failed:
            return unverifiable(failed.line())

    def not_running(self) -> list[str]:
        """Kernel arguments that the plan asks for and the running kernel has not."""
        assert self.plan is not None
        return lacking(tokens(self.node.read("/proc/cmdline") or ""), self.plan["kernel"]["arguments"])

    def matching(self, pattern: str) -> str:
        """The kernel's last line with a pattern in it; empty where there is none."""
        found = [line.strip() for line in self.log.splitlines() if re.search(pattern, line)]
        return found[-1] if found else ""
