"""Who may open the functions that are bound to vfio-pci: a udev rule gives /dev/vfio/N to a group, now and at every
boot. /dev/vfio/vfio is open to everybody already (drivers/vfio/container.c, mode 0666)."""

from __future__ import annotations

import os
import stat

from ..accounts import gid, known_gid
from ..errors import AgentError
from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..polling import until
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved

NAME = "vfio-access"
PHASE = "run"

FILE = "/etc/udev/rules.d/60-dpdk-fleet-vfio.rules"
FOLDER = "/dev/vfio"
MODE = 0o660
_FILES = "vfio-access.files"
# What the kernel gives a node that no rule names (drivers/base/devtmpfs.c).
_KERNELS = {"uid": 0, "gid": 0, "mode": 0o600}
# udev worked through a queue in less than 1 s in an emulated guest.
_UDEV_SECONDS = 15


def check(node: Node, plan: dict) -> Finding:
    group = plan.get("vfioGroup")
    if not group:
        return partial(f"{FILE}: of an earlier plan") if _is_there(node) else ok("no group asked for")
    written = is_as_asked(node, FILE, text(group))
    wrong = [path for path in nodes(node) if not is_open_to(node, path, group)]
    if written and not wrong and _was_told(node, group):
        return ok(f"{FOLDER}/N for the group {group}")
    if not written and not node.exists(FILE):
        return absent(f"{FILE}: not there")
    if wrong:
        return partial(f"not for the group {group}: {', '.join(wrong)}")
    return partial(f"{FILE} was not read by udev yet" if written else f"{FILE} has another group")


def apply(node: Node, plan: dict) -> None:
    group = plan.get("vfioGroup")
    if not group:
        revert(node)
        return
    gid(node, group)  # udev reads the name when it reads the rule, and would only log one that it does not know
    if not saved(node, _FILES):
        for path in nodes(node):
            save_once(node, NAME, path, _now(node, path))
    if not is_as_asked(node, FILE, text(group)):
        write_owned(node, _FILES, FILE, text(group))
    if not _is_done(node, group) or not _was_told(node, group):
        _tell_udev(node)
        # Killed before this, the next apply tells udev again: a rule that is written and was never read is not yet one.
        save_once(node, NAME, _told(group), None)
    if not until(lambda: _is_done(node, group), _UDEV_SECONDS):
        raise AgentError(
            "udev did not give the function to the group",
            where=", ".join(path for path in nodes(node) if not is_open_to(node, path, group)),
            value=f"no group {group} within {_UDEV_SECONDS} s",
            remedy="look for a later rule in /etc/udev/rules.d that names vfio",
        )


def revert(node: Node) -> list[str]:
    if not _is_there(node):
        return []
    done = restore_owned(node, _FILES)
    node.run("udevadm", "control", "--reload")
    originals = {path: _KERNELS for path in nodes(node)}
    originals.update({path: found for path, found in saved(node, NAME).items() if path.startswith(FOLDER)})
    for path, original in originals.items():
        if node.exists(path) and _now(node, path) != original:
            node.give(path, original["uid"], original["gid"], original["mode"])
            done.append(f"{path}: owner and mode as before")
    for key in saved(node, NAME):
        forget(node, NAME, key)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    group = plan.get("vfioGroup")
    if not group:
        return [f"put {FILE} back as it was"] if _is_there(node) else []
    lines = [] if is_as_asked(node, FILE, text(group)) else [f"write {FILE}: {FOLDER}/N for the group {group}"]
    return lines + [f"give {path} to the group {group}" for path in nodes(node) if not is_open_to(node, path, group)]


def text(group: str) -> str:
    return f'# Written by dpdk-node-agent.\nSUBSYSTEM=="vfio", GROUP="{group}", MODE="{MODE:04o}"\n'


def nodes(node: Node) -> list[str]:
    """The device nodes of IOMMU groups; `vfio` among them is the container's, which is open to everybody."""
    return [f"{FOLDER}/{name}" for name in node.names(FOLDER) if name.isdigit()]


def is_open_to(node: Node, path: str, group: str) -> bool:
    found = _now(node, path)
    return found["gid"] == known_gid(node, group) and found["mode"] == MODE


def _is_done(node: Node, group: str) -> bool:
    return all(is_open_to(node, path, group) for path in nodes(node))


def _tell_udev(node: Node) -> None:
    node.run("udevadm", "control", "--reload")
    node.run("udevadm", "trigger", "--subsystem-match=vfio")


def _told(group: str) -> str:
    return f"told {group}"


def _was_told(node: Node, group: str) -> bool:
    return _told(group) in saved(node, NAME)


def _now(node: Node, path: str) -> dict:
    found = os.stat(node.place(path))
    return {"uid": found.st_uid, "gid": found.st_gid, "mode": stat.S_IMODE(found.st_mode)}


def _is_there(node: Node) -> bool:
    return bool(saved(node, _FILES) or saved(node, NAME))
