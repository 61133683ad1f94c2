"""irqbalance keeps off the isolated CPUs, or is off.

It keeps off isolated and nohz_full CPUs by itself, until it is told to ban any: then it bans those and no others
(irqbalance PR 90; cputree.c, setup_banned_cpus). So the whole set is written, with what the operator has banned before.
Older versions know only the mask, which is being given up for the list: both are written and say the same. It reads its
environment when it starts, so what a running one goes by stands in /proc/PID/environ. It moves interrupts every 10 s:
where they are, the stage irqs looks for itself."""

from __future__ import annotations

import re

from ..errors import Refused
from ..node import Node
from ..ownedfiles import restore_owned, write_owned
from ..polling import until
from ..ranges import as_list, as_mask, numbers, of_mask
from ..stage import Finding, State, absent, ok, partial, unverifiable
from ..store import forget, save_once, saved
from ..sysfs import value
from ..tuningplan import asked, isolated

NAME = "irqbalance"
PHASE = "run"

UNIT = "irqbalance.service"
_FILES = f"{NAME}.files"
# Debian's and Ubuntu's, Red Hat's and Amazon's.
_PLACES = ("/etc/default/irqbalance", "/etc/sysconfig/irqbalance")
_LIST, _MASK = "IRQBALANCE_BANNED_CPULIST", "IRQBALANCE_BANNED_CPUS"
_SET = re.compile(rf"^\s*(?:export\s+)?({_LIST}|{_MASK})=(.*)$", re.MULTILINE)
_COMMENT = "# Written by dpdk-node-agent: all CPUs that no interrupt may come to."
_MASKED = f"/etc/systemd/system/{UNIT}"
# Where systemd keeps the processes of the unit, with unified and with older cgroups.
_GROUPS = (f"/sys/fs/cgroup/system.slice/{UNIT}", f"/sys/fs/cgroup/systemd/system.slice/{UNIT}")
_START_SECONDS = 10
_BANNED, _RESTART, _OFF = "banned", "restart", "off"


def check(node: Node, plan: dict) -> Finding:
    mode = asked(plan, NAME)
    if _has_other(node, mode):
        return partial("set for an earlier plan")
    if mode is None:
        return ok("not asked for")
    if not _is_installed(node):
        return ok("irqbalance is not installed")
    if mode == _OFF:
        return _check_off(node)
    place = _place(node)
    if node.read(place) != _text(node, plan):
        return absent(f"{place} does not ban CPU {as_list(_banned(node, plan))}")
    return _check_running(node, plan)


def apply(node: Node, plan: dict) -> None:
    mode = asked(plan, NAME)
    if _has_other(node, mode):
        revert(node)
    if mode is None or not _is_installed(node):
        return
    if mode == _OFF:
        _turn_off(node)
        return
    save_once(node, NAME, _BANNED, as_list(_operators(node)))
    save_once(node, NAME, _RESTART, True)
    text = _text(node, plan)
    written = node.read(_place(node)) == text
    if not written:
        write_owned(node, _FILES, _place(node), text)
    if _process(node) and (not written or _check_running(node, plan).state is State.PARTIAL):
        node.run("systemctl", "restart", UNIT)
        # The unit is of Type=simple: systemctl answers before the new process has its own environment.
        until(lambda: _check_running(node, plan).state is not State.PARTIAL, _START_SECONDS)


def revert(node: Node) -> list[str]:
    done = restore_owned(node, _FILES) + _turn_on(node)
    known = saved(node, NAME)
    if known.get(_RESTART) and _process(node):
        node.run("systemctl", "restart", UNIT)
        done.append("irqbalance: restarted as it was set before")
    for key in known:
        if key != _OFF:
            forget(node, NAME, key)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    finding = check(node, plan)
    if finding.state in (State.OK, State.UNVERIFIABLE):
        return []
    mode = asked(plan, NAME)
    if mode == _OFF:
        return [f"stop and mask {UNIT}"]
    if mode is None:
        return ["set irqbalance as it was before"]
    return [f"write {_place(node)} and restart irqbalance: {finding.saw}"]


# --- banned -----------------------------------------------------------------------------------------------------------


def _check_running(node: Node, plan: dict) -> Finding:
    cpus = _banned(node, plan)
    process = _process(node)
    if process is None:
        if any(name.endswith(".sock") for name in node.names("/run/irqbalance")):
            return unverifiable("irqbalance runs outside its unit and may not know the CPUs; start it anew")
        return ok(f"CPU {as_list(cpus)} is banned; irqbalance does not run")
    environment = value(node, f"/proc/{process}/environ")
    if not environment:
        return unverifiable(f"what irqbalance (process {process}) was started with cannot be read")
    running = _bans(environment.replace("\0", "\n"))
    if cpus - running:
        return partial(f"irqbalance runs without the ban of CPU {as_list(cpus - running)}")
    return ok(f"irqbalance runs with CPU {as_list(cpus)} banned")


def _banned(node: Node, plan: dict) -> set[int]:
    """Our CPUs, those that irqbalance would have kept off by itself, and those that the operator had banned."""
    kernels = (value(node, f"/sys/devices/system/cpu/{name}") or "" for name in ("isolated", "nohz_full"))
    found = set(isolated(plan)) | _operators(node)
    for text in kernels:
        found |= set(numbers("" if text == "(null)" else text))
    return found


def _operators(node: Node) -> set[int]:
    known = saved(node, NAME).get(_BANNED)
    return set(numbers(known)) if known is not None else _bans(node.read(_place(node)) or "")


def _bans(text: str) -> set[int]:
    found: set[int] = set()
    for name, given in _SET.findall(text):
        bare = given.split("#")[0].strip().strip("\"'")
        found |= of_mask(bare) if name == _MASK else set(numbers(bare))
    return found


def _text(node: Node, plan: dict) -> str:
    lines = (node.read(_place(node)) or "").splitlines()
    theirs = [line for line in lines if not _SET.match(line) and line != _COMMENT]
    cpus = _banned(node, plan)
    ours = [_COMMENT, f"{_MASK}={as_mask(cpus)}", f"{_LIST}={as_list(cpus)}"]
    return "".join(f"{line}\n" for line in theirs + ours)


def _place(node: Node) -> str:
    for place in _PLACES:
        if node.exists(place):
            return place
    return _PLACES[1] if node.exists("/etc/sysconfig") else _PLACES[0]


# --- off --------------------------------------------------------------------------------------------------------------


def _check_off(node: Node) -> Finding:
    masked, process = node.link_name(_MASKED) == "null", _process(node)
    if masked and process is None:
        return ok("irqbalance is off")
    return partial("irqbalance is masked and still runs") if masked else absent("irqbalance starts at boot")


def _turn_off(node: Node) -> None:
    if node.link_name(_MASKED) != "null":
        if node.exists(_MASKED):
            raise Refused(
                "the unit of irqbalance is the operator's own",
                where=_MASKED,
                value="it cannot be masked",
                remedy="take the file away, or ask for irqbalance: banned",
            )
        save_once(node, NAME, _OFF, {"ran": _process(node) is not None})
        node.link(_MASKED, "/dev/null")
        node.run("systemctl", "daemon-reload")
    if _process(node) is not None:
        save_once(node, NAME, _OFF, {"ran": True})
        node.run("systemctl", "stop", UNIT)


def _turn_on(node: Node) -> list[str]:
    known = saved(node, NAME).get(_OFF)
    if known is None:
        return []
    if node.link_name(_MASKED) == "null":
        node.remove(_MASKED)
    node.run("systemctl", "daemon-reload")
    if known["ran"] and _process(node) is None:
        node.run("systemctl", "start", UNIT)
    forget(node, NAME, _OFF)
    return [f"{UNIT}: as before"]


# --- both -------------------------------------------------------------------------------------------------------------


def _has_other(node: Node, mode: str | None) -> bool:
    """Whether the node is set as an earlier plan asked and this one does not."""
    known = set(saved(node, NAME))
    if saved(node, _FILES):
        known.add(_BANNED)
    return bool(known - ({_OFF} if mode == _OFF else {_BANNED, _RESTART} if mode else set()))


def _is_installed(node: Node) -> bool:
    return node.exists("/usr/sbin/irqbalance") or node.exists("/usr/bin/irqbalance")


def _process(node: Node) -> str | None:
    """The process of its unit, from the unit's cgroup: a file tells it, no command has to be asked."""
    for group in _GROUPS:
        found = (value(node, f"{group}/cgroup.procs") or "").split()
        if found:
            return found[0]
    return None
