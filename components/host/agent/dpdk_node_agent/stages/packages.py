"""Debian packages. What an installation brought in is noted before and after it, so that revert purges exactly that."""

from __future__ import annotations

import re

from ..errors import AgentError, Refused
from ..node import Node
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document

NAME = "packages"
PHASE = "boot"

_DOCUMENT = "packages.json"
# Debian policy 5.6.1: names of packages; nothing else may reach a command line.
_PACKAGE = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")
# unattended-upgrades holds the lock for minutes after a first boot.
_LOCK = ("-o", "DPkg::Lock::Timeout=300")
_KEEP_SETTINGS = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
_DEFAULT_SECONDS = 900


def check(node: Node, plan: dict) -> Finding:
    """Whether every package is installed. Asks dpkg only, no network."""
    asked = _asked(plan)
    if not asked:
        return ok("no packages are asked for")
    _refuse_without_dpkg(node)
    missing = _missing(node, asked)
    if not missing:
        # An installation that was cut off may have left notes to be evaluated, and dpkg in the middle.
        return (
            partial("an installation was interrupted")
            if _note(node)["before"] is not None
            else ok(f"{len(asked)} installed")
        )
    saw = f"not installed: {' '.join(missing)}"
    return partial(saw) if len(missing) < len(asked) else absent(saw)


def apply(node: Node, plan: dict) -> None:
    """Installs what is missing, without recommended packages and without a question."""
    asked = _asked(plan)
    if not asked:
        return
    _refuse_without_dpkg(node)
    seconds = plan.get("limits", {}).get("packagesSeconds", _DEFAULT_SECONDS)
    _finish_interrupted(node, seconds)
    missing = _missing(node, asked)
    if missing:
        _begin_note(node)
        _install(node, missing, seconds)
    _end_note(node)


def revert(node: Node) -> list[str]:
    """Purges what apply brought in, and nothing that something else needs by now."""
    if not _has_dpkg(node) or read_document(node, _DOCUMENT) is None:
        return []
    _finish_interrupted(node, _DEFAULT_SECONDS)
    _end_note(node)
    present = _installed(node, None)
    ours = [name for name in _note(node)["new"] if name in present]
    needed = _needed_by_others(node, ours)
    gone = [name for name in ours if name not in needed]
    if gone:
        node.run("dpkg", "--purge", *gone, timeout=_DEFAULT_SECONDS)
    drop_document(node, _DOCUMENT)
    done = [f"packages purged: {' '.join(gone)}"] if gone else []
    return done + ([f"packages kept, others need them by now: {' '.join(needed)}"] if needed else [])


def explain(node: Node, plan: dict) -> list[str]:
    """What apply would install."""
    asked = _asked(plan)
    if not asked:
        return []
    _refuse_without_dpkg(node)
    missing = _missing(node, asked)
    return [f"install {' '.join(missing)} without recommended packages"] if missing else []


def _asked(plan: dict) -> list[str]:
    for name in plan["packages"]:
        if not _PACKAGE.match(name):
            raise Refused(
                "this is no name of a package",
                where="packages",
                value=repr(name),
                remedy="correct it in the fleet file",
            )
    return plan["packages"]


def _missing(node: Node, asked: list[str]) -> list[str]:
    present = _installed(node, asked)
    return [name for name in asked if name not in present]


def _has_dpkg(node: Node) -> bool:
    return node.exists("/var/lib/dpkg/status")


def _refuse_without_dpkg(node: Node) -> None:
    if not _has_dpkg(node):
        raise Refused(
            "packages can be installed with apt only",
            where="/var/lib/dpkg/status",
            value="no such file",
            remedy="install them by hand and leave `packages` empty in the fleet file",
        )


def _installed(node: Node, names: list[str] | None) -> set[str]:
    """Which of these packages, or of all, are there: configured, or at least unpacked where all are asked."""
    done = node.ask("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *(names or []))
    wanted = (
        {"installed"}
        if names is not None
        else {"installed", "unpacked", "half-configured", "half-installed", "triggers-awaited", "triggers-pending"}
    )
    rows = [line.split(" ", 1) for line in done.out.splitlines() if " " in line]
    return {name for name, state in rows if state in wanted}


def _finish_interrupted(node: Node, seconds: int) -> None:
    """Lets dpkg end what a power cut interrupted; apt refuses to work before that."""
    if node.names("/var/lib/dpkg/updates") or node.ask("dpkg", "--audit").out.strip():
        node.run("dpkg", "--configure", "-a", "--force-confdef", "--force-confold", timeout=seconds)


def _install(node: Node, missing: list[str], seconds: int) -> None:
    """Installs with the package lists that are there; where they are missing or out of date, with new ones."""
    install = ("apt-get", *_LOCK, *_KEEP_SETTINGS, "install", "-y", "--no-install-recommends", *missing)
    if node.ask("apt-get", "-s", "install", "--no-install-recommends", *missing, timeout=seconds).code == 0:
        try:
            node.run(*install, timeout=seconds)
            return
        except AgentError:
            _finish_interrupted(node, seconds)  # an archive that has moved on answers 404 for what an old list names
    node.run("apt-get", *_LOCK, "update", timeout=seconds)
    node.run(*install, timeout=seconds)


def _needed_by_others(node: Node, ours: list[str]) -> list[str]:
    """Which of our packages cannot be purged without taking the operator's own with them."""
    if not ours or not _taken_along(node, ours):
        return []
    return [name for name in ours if _taken_along(node, [name]) - set(ours)]


def _taken_along(node: Node, names: list[str]) -> set[str]:
    out = node.ask("apt-get", "-s", "purge", *names, timeout=120).out
    return set(re.findall(r"^(?:Purg|Remv) ([^ :]+)", out, re.MULTILINE)) - set(names)


# --- what an installation brought in ----------------------------------------------------------------------------------


def _note(node: Node) -> dict:
    return read_document(node, _DOCUMENT) or {"before": None, "new": []}


def _begin_note(node: Node) -> None:
    found = _note(node)
    if found["before"] is None:
        write_document(node, _DOCUMENT, {"before": sorted(_installed(node, None)), "new": found["new"]})


def _end_note(node: Node) -> None:
    """What is there now and was not before is ours; also after an installation that was cut off."""
    found = _note(node)
    if found["before"] is not None:
        new = sorted(set(found["new"]) | (_installed(node, None) - set(found["before"])))
        write_document(node, _DOCUMENT, {"before": None, "new": new})
