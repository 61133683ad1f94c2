"""Starting the kubelet with another file, and the way back where it does not start."""

from __future__ import annotations

import time

from . import runstate
from .errors import AgentError
from .kubeletplan import CPU_STATE, MEMORY_STATE, cpu_settings
from .kubeletruns import READY_SECONDS, runs, why_not
from .kubeletstate import APPLIED, BOOT_FILE, GOOD, STAGE, STARTED, drop_in_path, is_healthy, remove_states, show, unlike
from .node import Node
from .ownedfiles import is_as_asked, restore_owned, write_owned
from .polling import until
from .store import drop_document, forget, read_document, save_once, saved, write_document

DROP_INS = f"{STAGE}.drop-ins"
_STOPPED = f"{STAGE}.stopped"
_COMMAND_SECONDS = 180
# The reason stands in the last lines; the kubelet says its whole configuration before.
_JOURNAL_LINES = 12


def replace(node: Node, asked: dict) -> None:
    """Stops the kubelet and starts it with the file; or goes back to what ran before."""
    good, begun = read_document(node, GOOD), int(time.time())
    stop(node, asked["service"])
    _forget_managers(node, good, asked)
    if not is_as_asked(node, asked["file"], asked["content"]):
        write_owned(node, STAGE, asked["file"], asked["content"])
    try:
        start(node, asked["service"])
        if not runs(node, asked, READY_SECONDS):
            why = why_not(node, asked, show(node, asked["service"]))
            raise AgentError("it was started, and not as asked", value="; ".join(why))
    except AgentError as failed:
        raise _go_back(node, asked, good, _reason(node, asked["service"], begun, failed)) from failed


def give_back(node: Node, part: dict) -> list[str]:
    """The kubelet without anything of ours. One that stood still stays so."""
    service = part["service"]
    stop(node, service)
    done = _take_away(node, part)
    if service in saved(node, _STOPPED):
        start(node, service)
        _await_health(node, service)
        done.append(f"{service}: started as it was before")
    read_units(node, service)
    return done


def read_units(node: Node, service: str) -> None:
    """Has systemd read a drop-in that came or went, also where the agent was killed before it could tell. Of one in a folder that is new
    systemd does not know that it needs to (252, NeedDaemonReload goes by the folders it has seen): what it has read tells."""
    shown, path = show(node, service), drop_in_path(service)
    if shown.needs_reload or node.exists(path) != (path in shown.drop_ins):
        node.run("systemctl", "daemon-reload")


def stop(node: Node, service: str) -> None:
    """Remembers that it ran, so that whoever goes on after a cut starts it."""
    if show(node, service).is_up:
        save_once(node, _STOPPED, service, True)
        node.run("systemctl", "stop", service, timeout=_COMMAND_SECONDS)


def start(node: Node, service: str) -> None:
    read_units(node, service)
    if show(node, service).active == "failed":  # else earlier failures count against the start limit
        node.run("systemctl", "reset-failed", service)
    with runstate.starting_service(node):
        node.run("systemctl", "start", service, timeout=_COMMAND_SECONDS)
    if service in saved(node, _STOPPED):
        forget(node, _STOPPED, service)


def _go_back(node: Node, asked: dict, good: dict | None, reason: str) -> AgentError:
    """Puts the last kubelet that ran in place of one that did not start; answers the error that says so."""
    service, look = asked["service"], f"look at `journalctl -u {asked['service']}`, correct it, then run up again"
    if good == asked:
        # Nothing was changed, so there is nothing to go back to: systemd's own restarts go on.
        return AgentError("the kubelet does not start", where=service, value=reason, remedy=look)
    try:
        stop(node, service)
        if good is None:
            _take_away(node, asked)
        else:
            _forget_managers(node, asked, good)
            write_document(node, APPLIED, good)
            write_owned(node, STAGE, good["file"], good["content"])
        start(node, service)
        _await_health(node, service)
    except AgentError as worse:
        what = "the kubelet does not start with the plan's file, and neither does it as before"
        return AgentError(what, where=service, value=f"{reason}; then {worse.line()}", remedy=look)
    if good is None:
        drop_document(node, APPLIED)
    what = "the kubelet does not start with the plan's file; it runs again as before"
    return AgentError(what, where=service, value=reason, remedy=look)


def _forget_managers(node: Node, before: dict | None, after: dict) -> None:
    """The CPU manager's state stays where its policy and reserved CPUs do: pods keep the CPUs that they have."""
    is_same = cpu_settings(before) == cpu_settings(after) and CPU_STATE not in unlike(node, after)
    remove_states(node, after["stateFolder"], (MEMORY_STATE,) if is_same else (CPU_STATE, MEMORY_STATE))


def _take_away(node: Node, part: dict) -> list[str]:
    """All that is ours of a kubelet that stands still."""
    remove_states(node, part["stateFolder"])
    done = restore_owned(node, STAGE) + restore_owned(node, DROP_INS)
    if node.exists(f"{part['stateFolder']}/{BOOT_FILE}"):
        node.remove(f"{part['stateFolder']}/{BOOT_FILE}")
    runstate.drop(node, STARTED)
    return done


def _await_health(node: Node, service: str) -> None:
    """Of a kubelet that goes by what it was given before: no more than that it runs and says it is well."""

    def is_well() -> bool:
        return show(node, service).active == "active" and is_healthy(node)

    if not until(is_well, READY_SECONDS, 0.5):
        raise AgentError(
            "the kubelet does not get well as it was before",
            where=service,
            value=show(node, service).line(),
            remedy=f"look at `journalctl -u {service}`",
        )


def _reason(node: Node, service: str, since: int, failed: AgentError) -> str:
    """The last lines of the start that failed, without systemd's own."""
    node.ask("journalctl", "--sync")
    words = ("-u", service, f"--since=@{since}", f"--lines={_JOURNAL_LINES * 2}", "--output=cat", "--no-pager")
    lines = [line.strip() for line in node.ask("journalctl", *words).out.splitlines()]
    own = [line for line in lines if line and service not in line and not line.startswith(("Started ", "Starting "))]
    return " / ".join([failed.value or failed.line(), *own[-_JOURNAL_LINES:]])
