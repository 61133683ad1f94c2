"""systemd units that a stage owns: the file, and the link that starts it at boot. Both go as they came."""

from __future__ import annotations

import os

from . import folders
from .errors import Refused
from .node import Node
from .ownedfiles import is_as_asked, restore_one, write_owned
from .store import forget, save_once, saved

FOLDER = "/etc/systemd/system"


def is_installed(node: Node, name: str, text: str, target: str, others: dict[str, str] | None = None) -> bool:
    """Whether the unit and the others that it pulls in have these texts, and it starts with `target`."""
    written = all(is_as_asked(node, _file(each), inside) for each, inside in {**(others or {}), name: text}.items())
    return written and _points_to(node, _wants(name, target)) == _file(name)


def install(
    node: Node, stage: str, name: str, text: str, target: str, others: dict[str, str] | None = None
) -> None:
    """Writes a unit and links it below `target`, with others that it pulls in; systemd is told when anything
    changed."""
    if is_installed(node, name, text, target, others):
        return
    link = _wants(name, target)
    if node.exists(link) and not _is_ours(node, stage, name):
        raise Refused(
            "a unit of this name is enabled already",
            where=link,
            value=str(_points_to(node, link)),
            remedy=f"disable and remove {name}, then try again",
        )
    save_once(node, _links(stage), link, None)
    folders.make(node, "units", link.rpartition("/")[0])
    # Where the link is, systemd has read the files, whenever the agent was killed: it goes first and comes last.
    if node.exists(link):
        node.remove(link)
    texts = {**(others or {}), name: text}
    were_there = any(node.exists(_file(each)) for each in texts)
    for each, inside in texts.items():
        write_owned(node, _files(stage), _file(each), inside)
    if were_there or not _reads(node, name):
        node.run("systemctl", "daemon-reload")
    node.link(link, _file(name))


def remove(node: Node, stage: str) -> list[str]:
    """Takes a stage's units away again: first what starts them, then the files."""
    links = list(saved(node, _links(stage)))
    for link in links:
        node.remove(link)
    done = [restore_one(node, _files(stage), path, original) for path, original in saved(node, _files(stage)).items()]
    folders.give_back(node, "units")
    if links:
        node.run("systemctl", "daemon-reload")
    for link in links:
        forget(node, _links(stage), link)
    return done


def owned(node: Node, stage: str) -> list[str]:
    """The names of the units that a stage has written."""
    return [path.rpartition("/")[2] for path in saved(node, _files(stage))]


def _reads(node: Node, name: str) -> bool:
    """Whether systemd takes a new unit from its file without a reload of all units, which takes a good second on a slow
    machine. Versions differ (before 246 it remembered which files there are), so it is asked for what it read."""
    shown = node.ask("systemctl", "show", name, "--property=LoadState,FragmentPath,NeedDaemonReload").out.splitlines()
    return {"LoadState=loaded", f"FragmentPath={_file(name)}", "NeedDaemonReload=no"} <= set(shown)


def _file(name: str) -> str:
    return f"{FOLDER}/{name}"


def _wants(name: str, target: str) -> str:
    return f"{FOLDER}/{target}.wants/{name}"


def _files(stage: str) -> str:
    return f"{stage}.units"


def _links(stage: str) -> str:
    return f"{stage}.links"


def _is_ours(node: Node, stage: str, name: str) -> bool:
    return any(link.endswith(f"/{name}") for link in saved(node, _links(stage)))


def _points_to(node: Node, link: str) -> str | None:
    try:
        return os.readlink(node.place(link))
    except OSError:
        return None
