"""Packages of the distribution, and those of them that no upgrade may change. What an installation brought in is noted
before and after it, so that revert removes exactly that; what was not held before is noted before it is held."""

from __future__ import annotations

import re
from types import ModuleType

from .. import packageholds, packagemanagers
from ..errors import Refused
from ..node import Node
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document

NAME = "packages"
PHASE = "boot"

_DOCUMENT = "packages.json"
# Debian policy 5.6.12; rpm knows a caret and an underscore beside these.
_VERSION = r"^[A-Za-z0-9][A-Za-z0-9.+~:^_-]*$"
_DEFAULT_SECONDS = 900


def check(node: Node, plan: dict) -> Finding:
    """Whether every package is installed, and held where that is asked for. Asks the package manager's database only,
    no network."""
    if not _is_asked(plan):
        left = packageholds.ours(node)
        return partial(f"held for an earlier plan: {' '.join(left)}") if left else ok("no packages are asked for")
    manager = packagemanagers.of_plan(node, plan)
    asked = _asked(manager, plan)
    missing = _missing(node, manager, asked)
    if missing:
        saw = f"not installed: {' '.join(_specs(missing))}"
        return partial(saw) if len(missing) < len(asked) else absent(saw)
    # An installation that was cut off may have left notes to be evaluated, and dpkg in the middle.
    if _note(node)["before"] is not None:
        return partial("an installation was interrupted")
    wrong = packageholds.wrong(node, manager, plan)
    if wrong:
        return partial("; ".join(wrong))
    return ok("; ".join([f"{len(asked)} installed", *packageholds.remarks(node, manager, plan, list(asked))]))


def apply(node: Node, plan: dict) -> None:
    """Installs what is missing, without recommended packages and without a question, and holds what is to be held."""
    if not _is_asked(plan):
        packageholds.give_back(node)
        return
    manager = packagemanagers.of_plan(node, plan)
    asked = _asked(manager, plan)
    seconds = plan.get("limits", {}).get("packagesSeconds", _DEFAULT_SECONDS)
    _finish_interrupted(node, manager, seconds)
    missing = _missing(node, manager, asked)
    if missing:
        _refuse_other_version(node, manager, missing)
        _begin_note(node, manager)
        with packageholds.let_go(node, manager):
            manager.install(node, list(missing.items()), seconds)
    _end_note(node, manager)
    packageholds.apply(node, manager, plan)


def revert(node: Node) -> list[str]:
    """Lets go what apply holds, and removes what it brought in and nothing that something else needs by now."""
    manager = packagemanagers.of(node)
    if manager is None:
        return []
    done = packageholds.give_back(node)
    if read_document(node, _DOCUMENT) is None:
        return done
    _finish_interrupted(node, manager, _DEFAULT_SECONDS)
    _end_note(node, manager)
    there = manager.present(node)
    ours = [each for each in _note(node)["new"] if each in there]
    needed = manager.needed_by_others(node, ours)
    gone = [each for each in ours if each not in needed]
    if gone:
        manager.remove(node, gone, _DEFAULT_SECONDS)
    drop_document(node, _DOCUMENT)
    done += [f"packages purged: {' '.join(gone)}"] if gone else []
    return done + ([f"packages kept, others need them by now: {' '.join(needed)}"] if needed else [])


def explain(node: Node, plan: dict) -> list[str]:
    """What apply would install and hold."""
    if not _is_asked(plan):
        return [f"let go: {' '.join(left)}" for left in [packageholds.ours(node)] if left]
    manager = packagemanagers.of_plan(node, plan)
    asked = _asked(manager, plan)
    missing = _missing(node, manager, asked)
    lines = [f"install {' '.join(_specs(missing))} without recommended packages"] if missing else []
    return lines + packageholds.explain(node, manager, plan)


def _is_asked(plan: dict) -> bool:
    return bool(plan["packages"] or plan.get("holdPackages") or plan.get("holdKernel"))


def _asked(manager: ModuleType, plan: dict) -> dict[str, str | None]:
    """Names, each with the version that it must have, or None. Nothing that is neither may reach a command line."""
    found: dict[str, str | None] = {}
    for each in plan["packages"]:
        name, sign, version = each.partition("=")
        if not manager.NAMES.match(name) or (sign and not re.match(_VERSION, version)):
            raise _no_name("packages", each)
        found[name] = version or None
    for name in plan.get("holdPackages") or []:
        if not manager.NAMES.match(name):
            raise _no_name("holdPackages", name)
    return found


def _no_name(where: str, value: str) -> Refused:
    return Refused(
        "this is no name of a package", where=where, value=repr(value), remedy="correct it in the fleet file"
    )


def _specs(asked: dict[str, str | None]) -> list[str]:
    return [f"{name}={version}" if version else name for name, version in asked.items()]


def _missing(node: Node, manager: ModuleType, asked: dict[str, str | None]) -> dict[str, str | None]:
    there = manager.installed(node, list(asked)) if asked else {}
    return {
        name: version
        for name, version in asked.items()
        if name not in there or (version and not manager.is_version(there[name], version))
    }


def _refuse_other_version(node: Node, manager: ModuleType, missing: dict[str, str | None]) -> None:
    """The version of a package that was there before us could not be given back: archives forget old versions."""
    note = _note(node)
    ours = {manager.name_of(each) for each in note["new"]}
    before = None if note["before"] is None else {manager.name_of(each) for each in note["before"]}
    for name, version in manager.installed(node, list(missing)).items():
        if name not in ours and (before is None or name in before):
            raise Refused(
                f"the package {name} was here before, in another version than the plan's",
                where="packages",
                value=f"{version}, asked {missing[name]}",
                remedy="write the node's version in the fleet file, or change the package by hand",
            )


def _finish_interrupted(node: Node, manager: ModuleType, seconds: int) -> None:
    before = _note(node)["before"]
    manager.finish_interrupted(node, None if before is None else set(before), seconds)


# --- what an installation brought in ----------------------------------------------------------------------------------


def _note(node: Node) -> dict:
    return read_document(node, _DOCUMENT) or {"before": None, "new": []}


def _begin_note(node: Node, manager: ModuleType) -> None:
    found = _note(node)
    if found["before"] is None:
        write_document(node, _DOCUMENT, {"before": sorted(manager.present(node)), "new": found["new"]})


def _end_note(node: Node, manager: ModuleType) -> None:
    """What is there now and was not before is ours; also after an installation that was cut off."""
    found = _note(node)
    if found["before"] is not None:
        new = sorted(set(found["new"]) | (manager.present(node) - set(found["before"])))
        write_document(node, _DOCUMENT, {"before": None, "new": new})
