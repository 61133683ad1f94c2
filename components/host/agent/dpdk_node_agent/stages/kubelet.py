"""The kubelet of a worker: its CPU manager, memory manager and topology manager by a file in its own `--config-dir`.

**Drain the worker before a change.** A change of the file starts the kubelet anew with managers that know nothing of the pods that run.
Where a container has whole CPUs of its own, a change of the CPU policy or of the reserved CPUs is refused: the kubelet would give such
a pod other CPUs while it polls on these. A restart for any other reason leaves the CPU manager's state, and so those pods, as they are;
the memory manager's goes, because it ends a kubelet whose hugepages differ from it.

A kubelet reads its files and its hugepages once, when it starts, so it is started anew where either has changed since
(`kubelet-ready` notes both, kubeletready.py). One that runs is never replaced by one that cannot start: then the file of before comes
back, and so does the kubelet of before. healthz alone is no proof: it answers before the managers have started."""

from __future__ import annotations

from .. import hugepageunits, kubeletswap
from ..errors import Refused
from ..kubeletplan import CPU_STATE, cpu_settings
from ..kubeletruns import READY_SECONDS, runs, why_not
from ..kubeletstate import APPLIED, GOOD, STAGE, drop_in_path, flag_mistakes, is_healthy, show, whole_cpus
from ..kubeletswap import DROP_INS
from ..node import Node
from ..ownedfiles import is_as_asked, write_owned
from ..polling import until
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, saved, write_document
from ..undotimer import AGENT
from . import boot_unit, hugepages

NAME = STAGE
PHASE = "run"

# Right after a boot it may still wait for its turn, or for the runtime.
BOOT_SECONDS = 90


def check(node: Node, plan: dict) -> Finding:
    asked = plan.get("kubelet")
    if not asked:
        return partial("the kubelet's file: of an earlier plan") if _is_left_over(node) else ok("no kubelet asked for")
    wrong = _wrong(node, plan, asked)
    if wrong:
        return partial("; ".join(wrong)) if _is_left_over(node) else absent("; ".join(wrong))
    return ok(f"{asked['service']} runs with {asked['file']}")


def refuse_impossible(node: Node, plan: dict) -> None:
    """What can be told of the kubelet that runs, before anything is changed. One that a boot is just starting is waited for."""
    asked = plan.get("kubelet")
    if not asked:
        return
    shown = show(node, asked["service"])
    if not shown.exists:
        raise Refused(
            "the kubelet's unit does not exist",
            where=asked["service"],
            remedy="install the kubelet and let the node join its cluster, or write its unit as kubelet.service",
        )
    is_new = read_document(node, APPLIED) is None
    until(lambda: not _is_on_its_way(node, asked, is_new), BOOT_SECONDS, 1)
    shown = show(node, asked["service"])
    if is_new and not (shown.pid and is_healthy(node)):
        raise Refused(
            "the kubelet does not run well, so nobody could tell what a change does to it",
            where=asked["service"],
            value=f"{shown.line()}, healthz {'ok' if is_healthy(node) else 'not ok'}",
            remedy=f"look at `journalctl -u {asked['service']}`, and let the node join its cluster first",
        )
    mistakes = flag_mistakes(node, shown.pid, asked) if shown.pid else []
    if mistakes:
        raise Refused("the kubelet would not go by the plan's file", where=asked["service"], value="; ".join(mistakes))
    _refuse_under_pods(node, asked, asked)


def apply(node: Node, plan: dict) -> None:
    asked = plan.get("kubelet")
    if not asked or _is_of_another(node, asked):
        if _is_left_over(node):
            revert(node)
        if not asked:
            return
    refuse_impossible(node, plan)
    if read_document(node, APPLIED) != asked:
        write_document(node, APPLIED, asked)
    _write_drop_in(node, plan, asked["service"])
    if not runs(node, asked, READY_SECONDS):
        kubeletswap.replace(node, asked)
    elif not is_as_asked(node, asked["file"], asked["content"]):
        write_owned(node, NAME, asked["file"], asked["content"])
    if read_document(node, GOOD) != asked:
        write_document(node, GOOD, asked)


def revert(node: Node) -> list[str]:
    """The kubelet runs as before: without the file, the drop-in and whatever its managers kept."""
    part = read_document(node, APPLIED)
    if part is None:
        return []
    _refuse_under_pods(node, part, None)
    done = kubeletswap.give_back(node, part)
    if saved(node, hugepages.NAME):  # they are given back after this
        done.append(f"reboot: {part['service']} counts the hugepages of now until it starts again")
    drop_document(node, GOOD)
    drop_document(node, APPLIED)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    asked = plan.get("kubelet")
    if not asked:
        return ["give the kubelet back as it was, and start it anew: drain this worker first"] if _is_left_over(node) else []
    return [f"start {asked['service']} anew: {reason}; drain this worker first" for reason in _wrong(node, plan, asked)]


# --- what there should be ---------------------------------------------------------------------------------------------


def _drop_in(plan: dict) -> str:
    """The kubelet waits for what it counts when it starts, and starts without it, too. A `-`: an agent that fails keeps no kubelet
    off."""
    waits = [boot_unit.UNIT] if boot_unit.is_needed(plan) else []
    waits += [hugepageunits.ALL] if plan["hugepages"] else []
    unit = f"[Unit]\nWants={' '.join(waits)}\nAfter={' '.join(waits)}\n\n" if waits else ""
    return f"# Written by dpdk-node-agent.\n{unit}[Service]\nExecStartPre=-{AGENT} kubelet-ready\n"


# --- what there is ----------------------------------------------------------------------------------------------------


def _wrong(node: Node, plan: dict, asked: dict) -> list[str]:
    """What differs from the plan, a text each."""
    service = asked["service"]
    found = [] if not _is_of_another(node, asked) else ["the kubelet's file: of an earlier plan"]
    if not is_as_asked(node, asked["file"], asked["content"]):
        found.append(f"{asked['file']}: {'another' if node.exists(asked['file']) else 'not there'}")
    if not is_as_asked(node, drop_in_path(service), _drop_in(plan)):
        found.append(f"{drop_in_path(service)}: {'another' if node.exists(drop_in_path(service)) else 'not there'}")
    shown = show(node, service)
    if shown.needs_reload:
        found.append(f"{service}: systemd has not read its drop-in")
    if shown.pid:
        found += flag_mistakes(node, shown.pid, asked)
    if found:
        return found
    found = why_not(node, asked, shown)
    if not found and read_document(node, GOOD) != asked:
        found.append(f"{service} runs, and is not noted as good yet")
    return found


def _is_on_its_way(node: Node, asked: dict, is_new: bool) -> bool:
    shown = show(node, asked["service"])
    if shown.active == "active":
        return is_new and not is_healthy(node)
    return shown.has_job or (shown.active in ("activating", "reloading") and shown.sub != "auto-restart")


def _is_of_another(node: Node, asked: dict) -> bool:
    """Whether an earlier plan named another unit or file."""
    before = read_document(node, APPLIED)
    return before is not None and any(before[name] != asked[name] for name in ("service", "file", "stateFolder"))


def _is_left_over(node: Node) -> bool:
    return read_document(node, APPLIED) is not None


def _refuse_under_pods(node: Node, part: dict, asked: dict | None) -> None:
    """`asked` is None where the managers go back to what they were."""
    good = read_document(node, GOOD)
    if asked is not None and good is not None and cpu_settings(good) == cpu_settings(asked):
        return
    if asked is None and good is None:
        return  # they never went by ours
    pods = whole_cpus(node, part)
    if pods and not (asked is not None and runs(node, asked)):
        raise Refused(
            "pods have whole CPUs of their own, and another CPU manager would take them away",
            where=f"{part['stateFolder']}/{CPU_STATE}",
            value=f"{len(pods)} pods, {pods[0]} among them",
            remedy="drain the worker (`kubectl drain`), then try again",
        )


def _write_drop_in(node: Node, plan: dict, service: str) -> None:
    if not is_as_asked(node, drop_in_path(service), _drop_in(plan)):
        write_owned(node, DROP_INS, drop_in_path(service), _drop_in(plan))
    kubeletswap.read_units(node, service)
