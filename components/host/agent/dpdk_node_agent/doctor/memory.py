"""Issue 2, "hugepage allocation failed": `EAL: Cannot get hugepage information`, `EAL: FATAL: Cannot init memory`."""

from __future__ import annotations

import re

from .. import cmdline, poolsysctl, stalemaps
from ..cmdline import subject
from ..node import Node
from ..sizes import kib
from ..stages import hugepages
from .case import Case
from .finding import HUGEPAGES, Finding, by_stage

_PAGE_KIB = 4  # the page that /proc/buddyinfo counts in, on x86-64


def look(case: Case) -> list[Finding]:
    found = _kernel(case)
    if case.plan is None:
        return found
    return [*found, *_arguments(case), *_pools(case), *_fights(case), *_mounts(case), *_held(case)]


def _kernel(case: Case) -> list[Finding]:
    node = case.node
    sizes = node.names("/sys/kernel/mm/hugepages")
    found = []
    if not sizes:
        mend = "the kernel was built without CONFIG_HUGETLBFS; use the distribution's server kernel"
        found.append(Finding(HUGEPAGES, "no hugepages", mend, "/sys/kernel/mm/hugepages is not there"))
    flags = re.search(r"^flags\s*:(.*)$", node.read("/proc/cpuinfo") or "", re.MULTILINE)
    wanted = case.plan is None or any(entry["size"] == "1G" for entry in case.plan["hugepages"])
    if wanted and flags and "pdpe1gb" not in flags.group(1).split():
        mend = "the CPU has no pdpe1gb; plan with 2M"
        found.append(Finding(HUGEPAGES, "no hugepages of 1G", mend, "no pdpe1gb among the flags of /proc/cpuinfo"))
    return found


def _arguments(case: Case) -> list[Finding]:
    """What is not reserved at boot has to be found in memory that is in use by then."""
    missing = [token for token in case.not_running() if subject(token) == cmdline.HUGEPAGES]
    if not missing:
        return []
    cause = "the running kernel reserved no hugepages as the plan asks"
    return [
        Finding(HUGEPAGES, cause, "run up again, which reboots the node", f"/proc/cmdline lacks {' '.join(missing)}")
    ]


def _pools(case: Case) -> list[Finding]:
    assert case.plan is not None
    found = []
    short = [
        entry for entry in case.plan["hugepages"] if (hugepages.pages(case.node, entry) or 0) < entry["pages"]
    ]
    # The stage works on all pools, and gives one that it cannot fill back: only where all of them will fit is it safe.
    safe = not case.service_is_up and all(_fits(case.node, entry) for entry in short)
    for entry in short:
        numa, size, now = entry["numaNode"], entry["size"], hugepages.pages(case.node, entry)
        if now is None:
            found.append(_hidden(entry))
            continue
        cause = f"{now or 0} of {entry['pages']} hugepages of {size} on NUMA node {numa}"
        room = _room(case.node, entry)
        evidence = f"nr_hugepages {now}; free memory of this size without a gap: {room} more"
        if room >= entry["pages"] - (now or 0):
            found.append(by_stage(HUGEPAGES, cause, evidence, "hugepages", safe))
        else:
            mend = "memory is in use or in pieces: reboot, which reserves them before, or ask for fewer"
            found.append(Finding(HUGEPAGES, cause, mend, evidence))
    return found


def _hidden(entry: dict) -> Finding:
    cause = f"no pool of {entry['size']} on NUMA node {entry['numaNode']}"
    mend = "boot with the plan's arguments: before 5.8 a kernel hides a size that default_hugepagesz= does not name"
    return Finding(HUGEPAGES, cause, mend, "no such folder below /sys/devices/system/node")


def _fights(case: Case) -> list[Finding]:
    """Settings of others that change the pools at every boot."""
    assert case.plan is not None
    mend = "take the line out there, a package's `sysctl --system` would apply it"
    return [Finding(HUGEPAGES, text, mend) for text in poolsysctl.fights(case.node, case.plan)]


def _fits(node: Node, entry: dict) -> bool:
    return _room(node, entry) >= entry["pages"] - (hugepages.pages(node, entry) or 0)


def _room(node: Node, entry: dict) -> int:
    """How many pages of this size the free memory of the NUMA node holds in one piece each: /proc/buddyinfo counts free
    blocks of 2^column pages (proc(5)). Its largest block is 4 MiB, so it tells nothing of 1G: no room is promised."""
    needed = (kib(entry["size"]) // _PAGE_KIB).bit_length() - 1
    room = 0
    for line in (node.read("/proc/buddyinfo") or "").splitlines():
        zone = re.match(rf"^Node\s+{entry['numaNode']}, zone\s+\S+\s+(.*)$", line)
        for order, count in enumerate(zone.group(1).split() if zone else []):
            if order >= needed:
                room += int(count) << (order - needed)
    return room


def _mounts(case: Case) -> list[Finding]:
    checked = case.check("hugepage-mounts")
    if checked.state == "ok":
        return []
    # Mounting anew stops a service that stands on the mount (RequiresMountsFor=).
    safe = not case.service_is_up
    return [by_stage(HUGEPAGES, "a hugepage mount is not as asked", checked.saw, "hugepage-mounts", safe)]


def _held(case: Case) -> list[Finding]:
    """Pages that nobody uses and nobody can have: map files of a DPDK process that has gone, of whatever program."""
    found = []
    for folder in _mounted(case.node):
        left = stalemaps.stale(case.node, folder)
        if left:
            cause = f"a process that has gone holds hugepages in {folder}"
            mend = "remove them; the service removes its own before it starts"
            found.append(Finding(HUGEPAGES, cause, mend, f"{len(left)} files such as {left[0]}, a page each"))
    return found


def _mounted(node: Node) -> list[str]:
    lines = (line.split(" ") for line in (node.read("/proc/self/mounts") or "").splitlines())
    return [parts[1] for parts in lines if len(parts) > 2 and parts[2] == "hugetlbfs"]
