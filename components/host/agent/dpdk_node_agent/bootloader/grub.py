"""GRUB with a generated menu (Debian, Ubuntu). For good means a file of /etc/default/grub.d, and the menu that GRUB's
own scripts make of it.

The way back is the menu of before, byte for byte, as long as nothing that it is made of has changed since; a menu that
had been edited by hand, or made elsewhere by an image builder, comes back too. Otherwise it is generated anew."""

from __future__ import annotations

import hashlib
import os
import stat

from ..cmdline import conflicts, fault_of
from ..errors import AgentError
from ..node import Node
from ..ownedarguments import Owned
from ..ownedfiles import restore_one, write_owned
from ..store import forget, save_once, saved
from . import grubscript
from .grubmenu import FOR_GOOD, GRUB_CONFIG, STAGE, default_entry, operator_files, source_of

__all__ = ["default_entry"]

KIND = "grub"
PLACE = f"{FOR_GOOD} and generate the menu"
_MENU_STAGE = f"{STAGE}-menu"
# It took 4 s under emulation; a server with many disks and os-prober needs minutes.
GENERATE_SECONDS = 300


def conflict(node: Node, asked: list[str], known: Owned) -> tuple[str, list[str]] | None:
    """The operator's own tokens that stand for something else than what is asked, and the file that they are in."""
    wrong = conflicts(asked, known.operators(default_entry(node).arguments()))
    return (source_of(node, wrong[0]), wrong) if wrong else None


def fault(node: Node, asked: list[str], known: Owned, menu: str | None = None) -> str:
    """What an entry that may boot lacks, or still has of ours: of the menu that is there, or of this one."""
    default = default_entry(node, menu)
    text = (node.read(GRUB_CONFIG) or "") if menu is None else menu
    made = grubscript.of_section(text, "10_linux")
    # Where an entry of the operator's own is the default, no kernel to come takes its place.
    for entry in [default, *(made if default in made else [])]:
        wrong = fault_of(entry.arguments(), asked, known.in_menu())
        if wrong and (entry is default or not entry.is_rescue()):
            return wrong if entry is default else f"{wrong}, which is {entry.title!r}"
    return ""


def is_written(node: Node, known: Owned) -> bool:
    """Whether the file is there exactly when something is owned, with exactly that."""
    return node.read(FOR_GOOD) == (text_of(known.now) if known.now else None)


def write(node: Node, asked: list[str], known: Owned, before: Owned) -> str:
    """Settings first, then the menu that comes of them is looked at, and only a right one takes the place of the
    old."""
    _write_settings(node, known.now)
    menu = _generated(node)
    wrong = fault(node, asked, known, menu)
    if wrong:
        _write_settings(node, before.now)
        return f"{wrong}, which comes of /etc/grub.d and /etc/default/grub.d"
    _install_menu(node, menu)
    return ""


def text_of(owned: list[str]) -> str:
    """The file that appends the owned arguments to the operator's."""
    return (
        "# Written by dpdk-node-agent, which also takes it away again; change the fleet file instead.\n"
        f'GRUB_CMDLINE_LINUX="${{GRUB_CMDLINE_LINUX:-}} {" ".join(owned)}"\n'
    )


def _write_settings(node: Node, owned: list[str]) -> None:
    """Writes the file, or takes it away where nothing is owned; the menu is kept first, as it was before the agent."""
    _save_menu(node)
    if owned:
        write_owned(node, STAGE, FOR_GOOD, text_of(owned))
    elif FOR_GOOD in saved(node, STAGE):
        restore_one(node, STAGE, FOR_GOOD, saved(node, STAGE)[FOR_GOOD])


def _generated(node: Node) -> str:
    """The menu that update-grub would write. It writes in place, and a power cut in the middle would leave half a
    menu."""
    # Titles are translated, and a default may name one: the language is the machine's own.
    text = node.run("env", "-u", "LC_ALL", "grub-mkconfig", timeout=GENERATE_SECONDS)
    node.run("grub-script-check", stdin=text)
    return text


def _install_menu(node: Node, text: str) -> None:
    """Replaces the menu in one step; its mode stays."""
    if node.read(GRUB_CONFIG) != text:
        node.write_file(GRUB_CONFIG, text, stat.S_IMODE(os.stat(node.place(GRUB_CONFIG)).st_mode))


def remove(node: Node, _known: Owned) -> list[str]:
    """Puts file and menu back."""
    done = []
    original = saved(node, STAGE).get(FOR_GOOD)
    if original is not None:
        done.append(restore_one(node, STAGE, FOR_GOOD, original))
    menu = saved(node, _MENU_STAGE).get(GRUB_CONFIG)
    if menu is not None:
        done.append(_put_menu_back(node, menu))
        forget(node, _MENU_STAGE, GRUB_CONFIG)
    return done


def _put_menu_back(node: Node, menu: dict) -> str:
    if menu["inputs"] == _inputs(node):
        if (node.read(GRUB_CONFIG), stat.S_IMODE(os.stat(node.place(GRUB_CONFIG)).st_mode)) != (
            menu["text"],
            menu["mode"],
        ):
            node.write_file(GRUB_CONFIG, menu["text"], menu["mode"])
        return f"{GRUB_CONFIG}: put back"
    _install_menu(node, _generated(node))
    return (
        f"{GRUB_CONFIG}: generated anew; kernels or GRUB's settings have changed since, so it is not the one of before"
    )


def _save_menu(node: Node) -> None:
    if GRUB_CONFIG in saved(node, _MENU_STAGE):
        return
    text = node.read(GRUB_CONFIG)
    if text is None:
        raise AgentError("the GRUB menu is gone", where=GRUB_CONFIG, remedy="run update-grub, then up again")
    mode = stat.S_IMODE(os.stat(node.place(GRUB_CONFIG)).st_mode)
    save_once(node, _MENU_STAGE, GRUB_CONFIG, {"text": text, "mode": mode, "inputs": _inputs(node)})


def _inputs(node: Node) -> dict[str, str]:
    """What the menu is made of: a hash for each of GRUB's settings and scripts, and the names of the kernels."""
    files = operator_files(node) + [f"/etc/grub.d/{name}" for name in node.names("/etc/grub.d")]
    hashes = {
        path: hashlib.sha256((node.read(path) or "").encode(errors="surrogateescape")).hexdigest() for path in files
    }
    kernels = [name for name in node.names("/boot") if name.startswith(("vmlinuz", "vmlinux", "initrd", "initramfs"))]
    return {**hashes, "/boot": " ".join(kernels)}
