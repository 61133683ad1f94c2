"""Issue 3, "IOMMU not enabled": `vfio-pci: probe of … failed with error -22`."""

from __future__ import annotations

import re

from ..cmdline import key
from ..facts.limits import iommu_table
from ..vfio import GROUPS, has_groups
from .case import Case
from .finding import IOMMU, Finding


def look(case: Case) -> list[Finding]:
    return [*_groups(case), *_arguments(case), *_claimed(case.log), *_probe(case)]


def is_iommus(token: str) -> bool:
    """intel_iommu=, amd_iommu=, iommu=."""
    return key(token).endswith("iommu")


def _groups(case: Case) -> list[Finding]:
    if not case.lacks_iommu:
        return []
    described = iommu_table(case.node)
    evidence = f"{GROUPS} is empty; the firmware has {described or 'neither DMAR nor IVRS'}"
    if described:
        cause = "no IOMMU group, though the firmware describes an IOMMU"
        return [Finding(IOMMU, cause, "boot with intel_iommu=on, as plans do", evidence)]
    mend = "turn VT-d or AMD-Vi on in the firmware; without it vfio-pci cannot own a NIC"
    return [Finding(IOMMU, "no IOMMU", mend, evidence)]


def _arguments(case: Case) -> list[Finding]:
    if case.plan is None:
        return []
    missing = [token for token in case.not_running() if is_iommus(token)]
    if not missing:
        return []
    cause = f"the running kernel has no {' '.join(missing)}, which the plan asks for"
    return [Finding(IOMMU, cause, "run up again, which reboots the node", f"/proc/cmdline lacks {' '.join(missing)}")]


def _claimed(log: str) -> list[Finding]:
    """Firmware that keeps a device's memory to itself (HPE): the IOMMU then refuses to give the device away. Linux says
    so in one way for VT-d (drivers/iommu/intel/iommu.c), and since 6.6 in another for every IOMMU (iommu.c)."""
    found = re.findall(
        r"^.*(?:ineligible for IOMMU domain attach|requested this device have a 1:1 IOMMU mapping).*$",
        log,
        re.MULTILINE,
    )
    mend = "turn its shared memory features off (HPE: conrep), or use another slot"
    return [
        Finding(IOMMU, f"the firmware claims a device ({line.strip()})", mend, line.strip())
        for line in dict.fromkeys(found)
    ]


def _probe(case: Case) -> list[Finding]:
    """-22 is EINVAL: vfio-pci found no IOMMU group for the device when it was to take it."""
    said = case.matching(r"vfio-pci.*probe.*failed with error -22")
    if not said or not has_groups(case.node):
        return []  # without groups the cause is told already
    mend = "look whether the slot is behind the IOMMU, then run up again"
    return [Finding(IOMMU, "vfio-pci was refused a device by the kernel", mend, said)]
