"""Names of users and groups as numbers, from the node's own lists."""

from __future__ import annotations

from .errors import Refused
from .node import Node


def uid(node: Node, name: str) -> int:
    """The number of a user. A number stands for itself."""
    return _number(node, "passwd", name)


def gid(node: Node, name: str) -> int:
    """The number of a group. A number stands for itself."""
    return _number(node, "group", name)


def _number(node: Node, database: str, name: str) -> int:
    if name.isdigit():
        return int(name)
    lines = (node.read(f"/etc/{database}") or "").splitlines()
    found = _search(lines, name)
    if found is None:  # names may come from a directory service
        found = _search(node.ask("getent", database, name).out.splitlines(), name)
    if found is None:
        kind = "user" if database == "passwd" else "group"
        raise Refused(f"no such {kind}", where=f"/etc/{database}", value=repr(name), remedy=f"create the {kind} first")
    return found


def _search(lines: list[str], name: str) -> int | None:
    for line in lines:
        parts = line.split(":")
        if parts[0] == name and len(parts) > 2:
            return int(parts[2])
    return None
