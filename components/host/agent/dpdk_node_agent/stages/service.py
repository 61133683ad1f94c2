"""The data plane as pantheonchain-dpdk.service: last, when all that it needs is there. A service that runs is never
replaced by one that cannot start: then the unit and the configuration of before come back, and so does the service."""

from __future__ import annotations

import os

from .. import folders, goback, hugepageunits, imagestore, reread, runstate, serviceplan, servicestate, units
from ..accounts import gid, known_gid, known_uid, uid
from ..errors import AgentError, Refused
from ..node import Node
from ..polling import until
from ..servicestate import APPLIED, GOOD, STARTED
from ..serviceunit import ENVIRONMENT, TARGET, UNIT, Ids, text
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document
from . import boot_unit, image

NAME = servicestate.STAGE
PHASE = "run"

_DATA = "service.data"
_DATA_MODE = 0o750
# What of the plan `service-ready` needs at every start, also when a later plan is on trial.
_PART = ("service", "image", "vfioGroup", "hugepages", "hugepageMounts")


def check(node: Node, plan: dict) -> Finding:
    if not plan.get("service"):
        return partial(f"{UNIT}: of an earlier plan") if _is_left_over(node) else ok("no service asked for")
    if not plan.get("image"):
        return absent("no image was named: `converge --image`")
    wrong = _wrong(node, plan)
    if wrong:
        return partial("; ".join(wrong)) if servicestate.is_ours(node) else absent("; ".join(wrong))
    return ok(f"{UNIT} runs {imagestore.key(plan)}")


def apply(node: Node, plan: dict) -> None:
    if not plan.get("service"):
        if _is_left_over(node):
            revert(node)
            image.revert(node)
        return
    _refuse_foreign(node)
    _make_data_folder(node, plan["service"])
    unit = _text(node, plan, strict=True)
    if not _runs(node, plan, unit, plan["service"]["startSeconds"]) and not _takes(node, plan, unit):
        _replace(node, plan, unit)
    _settle(node, plan, unit)


def revert(node: Node) -> list[str]:
    done = []
    if servicestate.is_ours(node):
        shown = servicestate.show(node)
        if shown.is_up:
            servicestate.stop(node)
            done.append(f"{UNIT}: stopped")
        elif shown.active == "failed":
            node.run("systemctl", "reset-failed", UNIT)
    done += units.remove(node, NAME)
    for name in (APPLIED, GOOD):
        drop_document(node, name)
    for name in (STARTED, ENVIRONMENT.rpartition("/")[2]):
        runstate.drop(node, name)
    imagestore.remove_link(node)
    folders.give_back(node, _DATA)
    kept = [folder for folder in folders.made(node, _DATA) if node.exists(folder)]
    return done + [f"{kept[0]}: kept, there is data in it" for _ in kept[:1]]


def explain(node: Node, plan: dict) -> list[str]:
    if not plan.get("service"):
        return [f"stop and remove {UNIT}"] if _is_left_over(node) else []
    if not plan.get("image"):
        return [f"start {UNIT} with the image that `--image` names"]
    return [f"start {UNIT} anew: {reason}" for reason in _wrong(node, plan)]


# --- what there should be ---------------------------------------------------------------------------------------------


def _text(node: Node, plan: dict, strict: bool = False) -> str | None:
    """The unit of a plan; None where an account is yet to be made, which is an error where that cannot be any more."""
    service = plan["service"]
    numbers = (uid, gid) if strict else (known_uid, known_gid)
    user, group = numbers[0](node, service["user"]), numbers[1](node, service["group"])
    others = [numbers[1](node, name) for name in _other_groups(plan)]
    if user is None or group is None or None in others:
        return None
    ids = Ids(user, group, [each for each in dict.fromkeys(others) if each not in (0, group, None)])
    return text(service, plan["image"]["reference"], imagestore.program(plan), ids, _needs(plan), _waits(plan))


def _needs(plan: dict) -> list[str]:
    """The units that must have done their work: the pools of its page size."""
    return [hugepageunits.unit(entry) for entry in serviceplan.pools(plan)]


def _waits(plan: dict) -> list[str]:
    """The unit that binds its functions, among other things."""
    return [boot_unit.UNIT] if boot_unit.is_needed(plan) else []


def _other_groups(plan: dict) -> list[str]:
    """The groups that open hugepages and functions: a container has none of the node's list of members."""
    service, accounts = plan["service"], plan.get("accounts") or {"users": []}
    named = [name for user in accounts["users"] if user["name"] == service["user"] for name in user["groups"]]
    named += [mount["group"] for mount in plan["hugepageMounts"] if mount["path"] == service["hugepageMount"]]
    return named + ([plan["vfioGroup"]] if plan.get("vfioGroup") else [])


def _part(plan: dict) -> dict:
    return {name: plan.get(name) for name in _PART}


def _good(node: Node, plan: dict, unit: str | None) -> dict:
    """What is kept of a service that runs, as the way back; `before` is the image that it replaced."""
    last, name = read_document(node, GOOD) or {"image": None, "before": None}, imagestore.key(plan)
    before = last["before"] if last["image"] == name else last["image"]
    return {"image": name, "before": before, "part": _part(plan), "unit": unit, "files": serviceplan.files(plan)}


# --- what there is ----------------------------------------------------------------------------------------------------


def _wrong(node: Node, plan: dict) -> list[str]:
    """What differs from the plan, a text each."""
    unit = _text(node, plan)
    if unit is None:
        return [f"{UNIT}: its accounts are not there yet"]
    found = [] if units.is_installed(node, UNIT, unit, TARGET) else [f"{UNIT}: not there, not enabled or another"]
    if not _is_data_folder_right(node, plan["service"]):
        found.append(f"{plan['service']['dataFolder']}: not there, or another's")
    if not _runs(node, plan, unit):
        found.append(_say(node))
    if found:
        return found
    good = _good(node, plan, unit)
    if read_document(node, GOOD) != good:
        found.append(f"{UNIT} runs, and is not noted as good yet")
    found += [f"image {name}: nobody uses it any more" for name in imagestore.unused(node, _used(good))]
    return found + ([] if imagestore.points_right(node, plan) else [f"{imagestore.LINK}: points elsewhere"])


def _runs(node: Node, plan: dict, unit: str | None, wait_seconds: float = 0) -> bool:
    """Whether the service is active, and was started with this unit and these files. One that is on its way there with
    them, as after a boot, is waited for."""
    if read_document(node, APPLIED) != _part(plan) or not units.is_installed(node, UNIT, unit or "", TARGET):
        return False
    asked = _asked(plan, unit)

    def is_of_this(shown: servicestate.Shown) -> bool:
        begun = servicestate.started(node)
        return begun is not None and begun["invocation"] == shown.invocation and begun["found"] == asked

    def is_decided() -> bool:
        shown = servicestate.show(node)
        return shown.active != "activating" or shown.sub == "auto-restart" or not is_of_this(shown)

    until(is_decided, wait_seconds, 1)
    shown = servicestate.show(node)
    return shown.active == "active" and not shown.needs_reload and is_of_this(shown)


def _asked(plan: dict, unit: str | None) -> dict:
    """What the service is to have been started with."""
    asked = {f"{units.FOLDER}/{UNIT}": servicestate.sha256(unit)}
    asked.update({file["path"]: servicestate.sha256(file["content"]) for file in serviceplan.files(plan)})
    return asked


def _takes(node: Node, plan: dict, unit: str | None) -> bool:
    """Whether it takes other files while it runs: nothing else of the plan may differ."""
    is_installed = units.is_installed(node, UNIT, unit or "", TARGET)
    return is_installed and read_document(node, APPLIED) == _part(plan) and reread.is_taken(node, _asked(plan, unit))


def _say(node: Node) -> str:
    shown = servicestate.show(node)
    if shown.active == "active":
        return f"{UNIT}: started with another unit, image or configuration"
    why = f", {shown.result}, exit code {shown.exit_code}" if shown.active == "failed" else ""
    return f"{UNIT}: {shown.active}{why}"


def _used(good: dict) -> list[str]:
    """The images that stay: what runs, and the way back."""
    return [name for name in (good["image"], good["before"]) if name]


def _is_left_over(node: Node) -> bool:
    documents = any(read_document(node, name) is not None for name in (APPLIED, GOOD))
    empty = any(not node.names(folder) for folder in folders.made(node, _DATA))
    return servicestate.is_ours(node) or documents or empty or imagestore.has_link(node)


# --- changes ----------------------------------------------------------------------------------------------------------


def _refuse_foreign(node: Node) -> None:
    if not servicestate.is_ours(node) and node.exists(f"{units.FOLDER}/{UNIT}"):
        raise Refused(
            "a unit of this name is there already",
            where=f"{units.FOLDER}/{UNIT}",
            remedy=f"stop, disable and remove {UNIT}, then run up again",
        )


def _make_data_folder(node: Node, service: dict) -> None:
    """One that is there already is taken as it is."""
    if _is_data_folder_right(node, service):
        return
    folders.make(node, _DATA, service["dataFolder"])
    node.give(service["dataFolder"], uid(node, service["user"]), gid(node, service["group"]), _DATA_MODE)


def _is_data_folder_right(node: Node, service: dict) -> bool:
    folder = service["dataFolder"]
    if not node.exists(folder):
        return False
    found = os.stat(node.place(folder))
    return folder not in folders.made(node, _DATA) or (found.st_uid, found.st_gid) == (
        known_uid(node, service["user"]),
        known_gid(node, service["group"]),
    )


def _replace(node: Node, plan: dict, unit: str | None) -> None:
    """Stops what runs, by the unit that it was started with, and starts the new one; or goes back."""
    if servicestate.is_ours(node) and servicestate.show(node).is_up:
        servicestate.stop(node)
    begun = goback.now()
    try:
        goback.start(node, _part(plan), str(unit))
        if not _runs(node, plan, unit):
            raise AgentError("the service was started, and not as asked", where=UNIT, value=_say(node))
    except AgentError as failed:
        raise goback.go_back(node, failed, begun, _good(node, plan, unit)) from failed


def _settle(node: Node, plan: dict, unit: str | None) -> None:
    """The new one runs: it is the way back from now on, and what nobody needs goes."""
    good = _good(node, plan, unit)
    if read_document(node, GOOD) != good:
        write_document(node, GOOD, good)
    imagestore.point(node, plan)
    for name in imagestore.unused(node, _used(good)):
        imagestore.remove(node, name)
