"""Brings the agent to its place on a node, and takes it away again together with all that it has done."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from . import compiled, folders, runstate, store
from .errors import Refused
from .node import Node

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
    for folder in (HOME, LINK.rpartition("/")[0]):
        folders.make(node, "install", folder)
    if node.read(f"{HOME}/{name}") != content.decode(errors="surrogateescape"):
        node.write_file(f"{HOME}/{name}", content.decode(errors="surrogateescape"), mode=0o755)
    if not node.exists(compiled.name_of(f"{HOME}/{name}")):
        node.write_file(compiled.name_of(f"{HOME}/{name}"), compiled.compiled(content).decode(errors="surrogateescape"))
    node.link(LINK, f"{HOME}/{name}")
    if not runstate.is_worked_on(node):  # a worker still loads its parts from the file that it was started from
        _remove_older(node, name)
    return [f"installed {HOME}/{name}"]


def uninstall(node: Node, seconds: float) -> list[str]:
    """Reverts everything, then removes the agent, its memory and its running state. Absent is fine."""
    from .revert import revert_all  # brings every stage, which whoever installs would compile twice

    done = revert_all(node, seconds)
    made = folders.made(node, "install")
    for folder in (runstate.FOLDER, store.HOME):
        folders.remove_tree(node, folder)
    # The link is what the operator's side looks for, so nothing that matters is left when it goes.
    _remove_older(node, "")
    if node.exists(LINK):
        node.remove(LINK)
        done.append(f"{LINK}: removed")
    for folder in dict.fromkeys([HOME, *made]):
        if node.exists(folder) and not node.names(folder):
            node.remove(folder)
    return done or ["nothing of dpdk-fleet is on this node"]


def _remove_older(node: Node, kept: str) -> None:
    for name in node.names(HOME):
        if not kept or not name.startswith(kept):
            node.remove(f"{HOME}/{name}")
