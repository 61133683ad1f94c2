"""Issue 5, "application crashes": a data plane that does not run, or does not go on running, and its last words."""

from __future__ import annotations

import re

from .. import hugepageunits, serviceplan, servicestate
from ..serviceunit import UNIT
from ..stages import hugepage_mounts
from .case import Case
from .finding import CRASHES, Finding

# What the program's exit codes mean (those for which its unit has RestartPreventExitStatus=), and systemd's results.
_EXITS = {
    2: ("it was started with options that it does not know", "let image and agent be of one version"),
    69: ("a port was taken from it while it ran", "look at the NICs' findings, then run up again"),
    78: ("it refuses its configuration", "correct the fleet file, then run up again"),
}
_RESULTS = {
    "oom-kill": ("the kernel took its memory away", "give the node more memory outside hugepages, or ask for fewer"),
    "core-dump": ("it ended with a core dump", f"look at the dump: sudo coredumpctl info {UNIT}"),
    "signal": ("it was killed by a signal", f"look who did it: journalctl -u {UNIT}"),
    "timeout": ("its ports were not up in time", "look at the link's findings, or raise service.startSeconds"),
    "start-limit-hit": ("it was started and died too often", "mend what its last lines say, then run up again"),
}
# EAL's own words, and what they come from (DPDK, lib/eal).
_WORDS = (
    (r"Cannot get hugepage information|Cannot init memory", "it found no hugepages that it may use", "see hugepages"),
    (r"error 12 \(Cannot allocate memory\)", "it may not lock enough memory", "run up again: LimitMEMLOCK is infinity"),
    (r"Cannot open /dev/vfio|Permission denied.*vfio", "it may not open its functions", "see nic-binding"),
    (r"VFIO group is not viable", "its IOMMU group is not viable", "see nic-binding"),
    (r"error while loading shared libraries", "a library of it is missing", "run up again, which brings its image"),
)
_LINES = 40


def look(case: Case) -> list[Finding]:
    if case.data_plane is None:
        return []
    unit = case.data_plane["unit"]
    if unit["active"] == "active":
        return _restarts(case, unit["restarts"])
    if unit["active"] in ("activating", "reloading", "deactivating") and not unit["restarts"]:
        return []  # on its way; what it waits for is told by the others
    cause, mend = _why(case)
    state = f"{UNIT} is {unit['active']} ({unit['sub']}), result {unit['result']}, exit code {unit['exitCode']}"
    said = _last_words(case)
    return [Finding(CRASHES, f"the data plane does not run: {cause}", mend, f"{state}; {said}" if said else state)]


def _restarts(case: Case, count: int) -> list[Finding]:
    if not count:
        return []
    fault = case.matching(r"pantheon-node.*(segfault|general protection|trap )")
    evidence = f"NRestarts {count}" + (f"; {fault}" if fault else "")
    mend = f"look at what it said before it died: journalctl -u {UNIT}"
    return [Finding(CRASHES, f"the data plane died and was started again {count} times", mend, evidence)]


def _why(case: Case) -> tuple[str, str]:
    """The nearest cause: an end that the program chose, what it said, then how it ended."""
    assert case.data_plane is not None
    unit, said = case.data_plane["unit"], "\n".join(_journal(case))
    if unit["active"] == "inactive" and unit["result"] == "success" and not unit["exitCode"]:
        # A start whose Requires= fails leaves the unit as it was.
        for name in _failed_needs(case):
            return f"it does not start without {name}, which failed", f"systemctl status {name}; then run up again"
        return "it was stopped, or never started", f"sudo systemctl start {UNIT}, or run up again"
    if unit["exitCode"] in _EXITS and unit["result"] == "exit-code":
        return _EXITS[unit["exitCode"]]
    for pattern, cause, mend in _WORDS:
        if re.search(pattern, said):
            return cause, mend
    return _RESULTS.get(unit["result"], ("it ended by itself", f"look at its lines: journalctl -u {UNIT}"))


def _failed_needs(case: Case) -> list[str]:
    """What the unit requires, of which systemd says that it failed."""
    assert case.plan is not None
    pools = [hugepageunits.unit(entry) for entry in serviceplan.pools(case.plan)]
    needs = [*pools, hugepage_mounts.unit_name(case.plan["service"]["hugepageMount"])]
    return [name for name in needs if case.node.ask("systemctl", "is-failed", "--quiet", name).code == 0]


def _journal(case: Case) -> list[str]:
    """Its lines since it was started last: what it said before that was about something else."""
    invocation = servicestate.show(case.node).invocation
    which = [f"_SYSTEMD_INVOCATION_ID={invocation}"] if invocation else ["--unit", UNIT]
    answer = case.node.ask("journalctl", *which, "--lines", str(_LINES), "--output", "cat", "--no-pager")
    return [line.strip() for line in answer.out.splitlines() if line.strip()]


def _last_words(case: Case) -> str:
    return " / ".join(_journal(case)[-3:])
