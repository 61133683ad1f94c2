"""vfio-pci on a machine without an IOMMU, where the fleet file asks for that by name. Then nothing keeps a NIC from the
memory of the kernel and of every process: whoever opens /dev/vfio/noiommu-N owns the machine, the kernel demands
CAP_SYS_RAWIO of him and marks itself as tainted until it boots again (drivers/vfio/group.c)."""

from __future__ import annotations

from ..errors import AgentError, Refused
from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import value
from ..vfio import GROUPS, has_groups

NAME = "vfio-no-iommu"
PHASE = "run"

PARAMETER = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
FILE = "/etc/modprobe.d/dpdk-fleet-vfio.conf"
TEXT = "# Written by dpdk-node-agent.\noptions vfio enable_unsafe_noiommu_mode=1\n"
_FILES = "vfio-no-iommu.files"


def check(node: Node, plan: dict) -> Finding:
    if not plan.get("vfioNoIommu"):
        return partial("unsafe no-IOMMU mode: of an earlier plan") if _is_there(node) else ok("not asked for")
    running, written = value(node, PARAMETER), is_as_asked(node, FILE, TEXT)
    if running == "Y" and written:
        return ok("unsafe no-IOMMU mode: a NIC reaches all memory, and the kernel is tainted once one is bound")
    saw = f"{PARAMETER} is {running}" if running != "Y" else f"{FILE} is not as asked"
    return partial(saw) if running == "Y" or written else absent(saw)


def apply(node: Node, plan: dict) -> None:
    if not plan.get("vfioNoIommu"):
        revert(node)
        return
    running = value(node, PARAMETER)
    _refuse_impossible(node, running)
    save_once(node, NAME, PARAMETER, running)
    if not is_as_asked(node, FILE, TEXT):
        write_owned(node, _FILES, FILE, TEXT)
    if running != "Y":
        node.write_value(PARAMETER, "Y")
    if value(node, PARAMETER) != "Y":
        raise AgentError(
            "the kernel did not take the no-IOMMU mode",
            where=PARAMETER,
            value=str(value(node, PARAMETER)),
            remedy="look at dmesg",
        )


def revert(node: Node) -> list[str]:
    if not _is_there(node):
        return []
    done = restore_owned(node, _FILES)
    before = saved(node, NAME).get(PARAMETER)
    if before is not None and value(node, PARAMETER) not in (None, before):
        node.write_value(PARAMETER, before)
        done.append(f"{PARAMETER}: {before} as before; a kernel that is tainted stays so until it boots again")
    forget(node, NAME, PARAMETER)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    if check(node, plan).state == "ok":
        return []
    if not plan.get("vfioNoIommu"):
        return ["turn the unsafe no-IOMMU mode of vfio off"]
    return ["turn the unsafe no-IOMMU mode of vfio on: a NIC reaches all memory, and the kernel is tainted by it"]


def _is_there(node: Node) -> bool:
    return bool(saved(node, NAME) or saved(node, _FILES))


def _refuse_impossible(node: Node, running: str | None) -> None:
    if has_groups(node):
        raise Refused(
            "an IOMMU is at work, and the plan asks to go without",
            where=GROUPS,
            value=f"{len(node.names(GROUPS))} IOMMU groups",
            remedy="take kernel.vfioNoIommu out of the fleet file and set kernel.iommu",
        )
    if running is None:
        raise Refused(
            "this kernel has no no-IOMMU mode",
            where=PARAMETER,
            value="no such parameter",
            remedy="use a kernel with CONFIG_VFIO_NOIOMMU, or a machine with an IOMMU",
        )
