"""Folders that had to be made for something of ours, and that go again with the last thing in them."""

from __future__ import annotations

from .node import Node
from .store import forget, make_folders, save_once, saved


def make(node: Node, owner: str, path: str) -> None:
    """Makes a folder and those above it, and remembers for `owner` which of them were not there."""
    remember(node, owner, path)
    make_folders(node, path)


def remember(node: Node, owner: str, path: str) -> None:
    """Remembers which folders down to `path` are missing, before somebody makes them."""
    path = path.rstrip("/")
    while path and not node.exists(path):
        save_once(node, _kept(owner), path, None)
        path = path.rpartition("/")[0]


def give_back(node: Node, owner: str) -> None:
    """Removes the owner's remembered folders that are empty by now, innermost first."""
    for folder in made(node, owner):
        if node.names(folder):
            continue
        if node.exists(folder):
            node.remove(folder)
        forget(node, _kept(owner), folder)


def made(node: Node, owner: str) -> list[str]:
    """The owner's remembered folders, innermost first."""
    return sorted(saved(node, _kept(owner)), key=len, reverse=True)


def remove_tree(node: Node, folder: str) -> None:
    """Removes a folder of the agent's own with all that is in it; absent is fine."""
    if not node.exists(folder):
        return
    for name in node.names(folder):
        path = f"{folder}/{name}"
        if node.path(path).is_dir() and not node.path(path).is_symlink():
            remove_tree(node, path)
        else:
            node.remove(path)
    node.remove(folder)


def _kept(owner: str) -> str:
    return f"{owner}.folders"
