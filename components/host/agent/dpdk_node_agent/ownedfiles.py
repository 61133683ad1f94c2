"""Files that a stage writes and can give back byte for byte: content, mode, owner, and the folders that it had to
make."""

from __future__ import annotations

import base64
import os
import stat

from .errors import Refused
from .node import Node
from .store import forget, make_folders, save_once, saved


def write_owned(node: Node, stage: str, path: str, text: str, mode: int = 0o644, uid: int = 0, gid: int = 0) -> None:
    """Writes a file after its original has been saved."""
    save_once(node, stage, path, _original(node, path))
    make_folders(node, path.rpartition("/")[0])
    node.write_file(path, text, mode, uid, gid)


def remember(node: Node, stage: str, path: str) -> None:
    """Saves the original of a file that a command, and not the agent itself, is about to change."""
    save_once(node, stage, path, _original(node, path))


def is_as_asked(node: Node, path: str, text: str, mode: int = 0o644) -> bool:
    """Whether a file has this text and this mode already."""
    if node.read(path) != text:
        return False
    return stat.S_IMODE(os.stat(node.place(path)).st_mode) == mode


def restore_owned(node: Node, stage: str) -> list[str]:
    """Puts every file of a stage back. Says what it did."""
    done = []
    for path, original in saved(node, stage).items():
        done.append(restore_one(node, stage, path, original))
    return done


def restore_one(node: Node, stage: str, path: str, original: dict) -> str:
    """Puts one file back and forgets its original."""
    if original["text"] is None:
        if node.exists(path):
            node.remove(path)
        for folder in reversed(original["missing_folders"]):
            if node.exists(folder) and not node.names(folder):
                node.remove(folder)
        said = f"{path}: removed, it was not there before"
    else:
        text = base64.b64decode(original["text"]).decode(errors="surrogateescape")
        make_folders(node, path.rpartition("/")[0])
        node.write_file(path, text, original["mode"], original["uid"], original["gid"])
        said = f"{path}: put back"
    forget(node, stage, path)
    return said


def _original(node: Node, path: str) -> dict:
    place = node.path(path)
    if place.is_symlink():
        raise Refused(
            "the file to write is a symbolic link",
            where=path,
            value=os.readlink(place),
            remedy="replace the link with a file, or take this file out of the fleet file",
        )
    if place.exists():
        found = place.stat()
        return {
            "text": base64.b64encode(place.read_bytes()).decode(),
            "mode": stat.S_IMODE(found.st_mode),
            "uid": found.st_uid,
            "gid": found.st_gid,
        }
    missing = []
    folder = path.rpartition("/")[0]
    while folder and not node.exists(folder):
        missing.append(folder)
        folder = folder.rpartition("/")[0]
    return {"text": None, "missing_folders": list(reversed(missing))}
