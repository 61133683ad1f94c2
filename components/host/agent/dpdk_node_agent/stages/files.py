"""Files of the plan: content, mode, owner and group. Changing one reboots nothing."""

from __future__ import annotations

import os

from .. import folders
from ..accounts import gid, known_gid, known_uid, uid
from ..node import Node
from ..ownedfiles import is_as_asked, restore_one, restore_owned, write_owned
from ..stage import Finding, absent, ok, partial
from ..store import saved

NAME = "files"
PHASE = "run"


def check(node: Node, plan: dict) -> Finding:
    wrong = [file for file in plan["files"] if not _is_right(node, file)]
    obsolete = _obsolete(node, plan)
    if not wrong and not obsolete:
        return ok(", ".join(file["path"] for file in plan["files"]) or "no file asked for")
    saw = [_say(node, file) for file in wrong] + [f"{path}: written for an earlier plan" for path in obsolete]
    nothing = plan["files"] and all(not node.exists(file["path"]) for file in plan["files"])
    return absent(", ".join(saw)) if nothing else partial(", ".join(saw))


def apply(node: Node, plan: dict) -> None:
    owners = {file["path"]: (uid(node, file["owner"]), gid(node, file["group"])) for file in plan["files"]}
    originals = saved(node, NAME)
    for path in _obsolete(node, plan):
        restore_one(node, NAME, path, originals[path])
    folders.give_back(node, NAME)
    for file in plan["files"]:
        if not _is_right(node, file):
            folders.remember(node, NAME, file["path"].rpartition("/")[0])
            write_owned(node, NAME, file["path"], file["content"], int(file["mode"], 8), *owners[file["path"]])


def revert(node: Node) -> list[str]:
    done = restore_owned(node, NAME)
    folders.give_back(node, NAME)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    lines = [f"put {path} back as it was" for path in _obsolete(node, plan)]
    return lines + [f"write {file['path']}" for file in plan["files"] if not _is_right(node, file)]


def _is_right(node: Node, file: dict) -> bool:
    path = file["path"]
    if os.path.islink(node.place(path)) or not is_as_asked(node, path, file["content"], int(file["mode"], 8)):
        return False
    found = os.stat(node.place(path))
    return (found.st_uid, found.st_gid) == (known_uid(node, file["owner"]), known_gid(node, file["group"]))


def _say(node: Node, file: dict) -> str:
    path = file["path"]
    if not node.exists(path):
        return f"{path}: not there"
    return f"{path}: another content" if node.read(path) != file["content"] else f"{path}: another mode or owner"


def _obsolete(node: Node, plan: dict) -> list[str]:
    paths = [file["path"] for file in plan["files"]]
    return [path for path in saved(node, NAME) if path not in paths]
