"""Brings the agent to its place on a node, and takes it away again together with all that it has done."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from . import runstate, store
from .errors import AgentError, Refused
from .node import Node
from .revert import revert_all

HOME = "/usr/local/lib/dpdk-fleet"
LINK = "/usr/local/sbin/dpdk-node-agent"


def install(node: Node, sha256: str) -> list[str]:
    """Copies the running file to its place and links it; changes nothing else. The same again is fine."""
    running = Path(sys.argv[0]).resolve()
    if not running.is_file():
        raise Refused("only the packed agent can be installed", where=str(running), remedy="run the .pyz file")
    content = running.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256.lower():
        raise Refused("this is not the agent that was sent", where=str(running), value=found, remedy="send it again")
    name = f"dpdk-node-agent-{found[:12]}.pyz"
    made = store.make_folders(node, HOME) + store.make_folders(node, LINK.rpartition("/")[0])
    if made:
        store.save_once(node, "install", "folders", made)
    if node.read(f"{HOME}/{name}") != content.decode(errors="surrogateescape"):
        node.write_file(f"{HOME}/{name}", content.decode(errors="surrogateescape"), mode=0o755)
    node.link(LINK, f"{HOME}/{name}")
    if not runstate.is_worked_on(node):  # a worker still loads its parts from the file that it was started from
        _remove_older(node, name)
    return [f"installed {HOME}/{name}"]


def uninstall(node: Node, seconds: float) -> list[str]:
    """Reverts everything, then removes the agent, its memory and its running state. Absent is fine."""
    done = revert_all(node, seconds)
    made = store.saved(node, "install").get("folders", [])
    if node.exists(LINK):
        node.remove(LINK)
        done.append(f"{LINK}: removed")
    _remove_older(node, "")
    for folder in (store.HOME, runstate.FOLDER):
        _remove_tree(node, folder)
    for folder in [HOME, *reversed(made)]:
        if node.exists(folder) and not node.names(folder):
            node.remove(folder)
    return done or ["nothing of dpdk-fleet is on this node"]


def _remove_older(node: Node, kept: str) -> None:
    for name in node.names(HOME):
        if name != kept:
            node.remove(f"{HOME}/{name}")


def _remove_tree(node: Node, folder: str) -> None:
    """Removes a folder of the agent's own with all that is in it."""
    if not node.exists(folder):
        return
    for name in node.names(folder):
        path = f"{folder}/{name}"
        if node.path(path).is_dir() and not node.path(path).is_symlink():
            _remove_tree(node, path)
        else:
            node.remove(path)
    node.remove(folder)


def refuse_unless_root(uid: int) -> None:
    """Refuses anybody but root: half of what the agent reads and all that it changes is root's."""
    if uid != 0:
        raise AgentError("the agent works as root only", value=f"user id {uid}", remedy="run it through sudo")
