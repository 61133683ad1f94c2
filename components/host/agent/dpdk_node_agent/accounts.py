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


def known_uid(node: Node, name: str) -> int | None:
    """The number of a user, or None where a stage has yet to make it: a check must not fail for that."""
    return _found(node, "passwd", name)


def known_gid(node: Node, name: str) -> int | None:
    """The number of a group, or None where a stage has yet to make it."""
    return _found(node, "group", name)


def row(node: Node, database: str, name: str) -> list[str] | None:
    """The fields of a line of /etc/passwd or /etc/group, or of what a directory service answers in its place."""
    lines = (node.read(f"/etc/{database}") or "").splitlines()
    # Names may come from a directory service.
    return _search(lines, name) or _search(node.ask("getent", database, name).out.splitlines(), name)


def _found(node: Node, database: str, name: str) -> int | None:
    if name.isdigit():
        return int(name)
    found = row(node, database, name)
    return int(found[2]) if found else None


def _number(node: Node, database: str, name: str) -> int:
    found = _found(node, database, name)
    if found is None:
        kind = "user" if database == "passwd" else "group"
        raise Refused(f"no such {kind}", where=f"/etc/{database}", value=repr(name), remedy=f"create the {kind} first")
    return found


def _search(lines: list[str], name: str) -> list[str] | None:
    for line in lines:
        parts = line.split(":")
        if parts[0] == name and len(parts) > 2:
            return parts
    return None
