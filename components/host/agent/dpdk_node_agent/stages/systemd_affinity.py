"""systemd and all that it starts from now on runs on the housekeeping CPUs: CPUAffinity= of the manager.

What is true of it (systemd 252 and 254, src/core/main.c): the manager takes it up at boot and at daemon-reload, not at
daemon-reexec; what it starts inherits it; taking it out again changes nothing that runs, so revert sets the manager's
CPUs itself. A unit's own CPUAffinity= goes first. It is no fence: a process may leave it, as EAL does when it pins its
lcores. AllowedCPUs= on system.slice would be one, and would keep the data plane's unit, which is below it, off its own
CPUs. Before Linux 6.2 a cgroup gives processes back all CPUs of its cpuset (systemd #23748): the data plane's unit has
both, and as soon as it has AllowedCPUs= every cgroup gets a cpuset, that of the manager too (seen on 6.1)."""

from __future__ import annotations

import re

from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..ranges import as_list, numbers
from ..stage import Finding, State, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import value
from ..tuningplan import asked, housekeeping

NAME = "systemd-affinity"
PHASE = "run"

FILE = "/etc/systemd/system.conf.d/90-dpdk-fleet.conf"
_FILES = f"{NAME}.files"
_MANAGER = "manager"


def check(node: Node, plan: dict) -> Finding:
    if not asked(plan, "systemdAffinity"):
        there = saved(node, _FILES) or saved(node, NAME)
        return partial(f"{FILE}: of an earlier plan") if there else ok("not asked for")
    written, running = is_as_asked(node, FILE, _text(plan)), _running(node)
    if written and running == _wanted(node, plan):
        return ok(f"the manager runs on CPU {running}, and what it starts")
    saw = f"the manager runs on CPU {running}"
    if written and _is_taken_back(node):
        return ok(f"{saw}: a kernel before 6.2 gives all back with a cpuset; {FILE} counts until then, isolcpus after it")
    return partial(saw) if written else absent(f"{FILE} is not as asked; {saw}")


def apply(node: Node, plan: dict) -> None:
    if not asked(plan, "systemdAffinity"):
        revert(node)
        return
    save_once(node, NAME, _MANAGER, _running(node))
    is_new = not is_as_asked(node, FILE, _text(plan))
    if is_new:
        write_owned(node, _FILES, FILE, _text(plan))
    if is_new or (_running(node) != _wanted(node, plan) and not _is_taken_back(node)):
        node.run("systemctl", "daemon-reload")


def revert(node: Node) -> list[str]:
    before = saved(node, NAME)
    done = restore_owned(node, _FILES)
    if not before:
        return done
    node.run("systemctl", "daemon-reload")
    if before[_MANAGER] and _running(node) != before[_MANAGER]:
        node.run("taskset", "--pid", "--cpu-list", before[_MANAGER], "1")
        done.append(f"reboot: systemd runs on CPU {before[_MANAGER]} as before, what it has started at its next start")
    forget(node, NAME, _MANAGER)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    finding = check(node, plan)
    if finding.state is State.OK:
        return []
    if not asked(plan, "systemdAffinity"):
        return [f"take {FILE} away"]
    return [f"start what systemd starts on CPU {housekeeping(plan)}, {finding.saw}"]


def _text(plan: dict) -> str:
    return f"# Written by dpdk-node-agent.\n[Manager]\nCPUAffinity={housekeeping(plan)}\n"


def _wanted(node: Node, plan: dict) -> str:
    """What the kernel makes of it: CPUs that are not online do not count (sched_setaffinity(2))."""
    there = node.read("/sys/devices/system/cpu/online")
    cpus = set(numbers(housekeeping(plan)))
    return as_list(cpus & set(numbers(there.strip())) if there else cpus)


def _is_taken_back(node: Node) -> bool:
    """Whether the kernel keeps no CPU set of a process that is moved to a cgroup with a cpuset (it does since 6.2, commit
    8f9ea86fdf99), and systemd has given every cgroup one."""
    release = re.match(r"(\d+)\.(\d+)", value(node, "/proc/sys/kernel/osrelease") or "")
    controllers = (value(node, "/sys/fs/cgroup/cgroup.subtree_control") or "").split()
    return release is not None and (int(release[1]), int(release[2])) < (6, 2) and "cpuset" in controllers


def _running(node: Node) -> str | None:
    found = re.search(r"^Cpus_allowed_list:\s*(\S+)", node.read("/proc/1/status") or "", re.MULTILINE)
    return found.group(1) if found else None
