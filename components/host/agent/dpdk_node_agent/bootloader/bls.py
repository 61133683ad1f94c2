"""GRUB whose menu comes from files in /boot/loader/entries (blscfg): RHEL, Rocky, Fedora, Amazon Linux 2023.

Since RHEL 9.3 `grub2-mkconfig` alone changes no entry, so the entries are changed themselves, and what kernels to come
inherit with them."""

from __future__ import annotations

from ..cmdline import conflicts
from ..errors import Refused
from ..node import Node
from ..ownedarguments import Owned
from ..store import saved
from . import entryfiles, grubenv, inherited
from .entry import BootEntry
from .versions import grub_compare, newest_first

KIND = "GRUB with boot loader specification entries"
ENTRIES = "/boot/loader/entries"
CONFIG = "/boot/grub2/grub.cfg"
PLACE = f"{ENTRIES}, {inherited.CMDLINE} and {inherited.DEFAULTS}"
_FILES = (inherited.CMDLINE, inherited.DEFAULTS)
_ENTRIES_STAGE, _INHERITED_STAGE = "kernel-arguments-bls", "kernel-arguments-bls-inherited"


def entries(node: Node) -> list[BootEntry]:
    """All of them, in GRUB's order: the newest first."""
    found = {e.file(): e for e in entryfiles.read(node, _ENTRIES_STAGE, ENTRIES, grubenv.variables(node, "grub2"))}
    return [found[name] for name in newest_first(list(found), grub_compare)]


def default_entry(node: Node) -> BootEntry:
    """The one that GRUB's saved_entry names by id, title or place; the first where it names none."""
    found = [entry for entry in entries(node) if entry.kernel()]
    name = grubenv.variables(node, "grub2").get("saved_entry", "")
    place = int(name) if name.isdigit() else 0
    named = [entry for entry in found if name and name in (entry.file(), entry.value("title"))]
    entry = next(iter(named), found[place] if place < len(found) else None)
    if entry is None or entry.is_rescue() or entry.is_trial():
        raise Refused(
            "the default boot entry is no normal Linux entry",
            where=ENTRIES,
            value=repr(name or (entry.id() if entry else "no entry")),
            remedy="choose one with `grubby --set-default`",
        )
    if not entry.root():  # RHEL 8: grub.cfg has a value of its own for $kernelopts where the environment block has none
        raise Refused(
            "the default boot entry names no root file system",
            where=entry.path,
            value=" ".join(entry.written()),
            remedy='write the line there, as grub.cfg has it: `grub2-editenv - set kernelopts="root=..."`',
        )
    return entry


def conflict(node: Node, asked: list[str], known: Owned) -> tuple[str, list[str]] | None:
    default = default_entry(node)
    wrong = conflicts(asked, default.expanded(default.operators(known)))
    if wrong:
        return default.path, wrong
    return entryfiles.conflict(_own(node, default), asked, known) or inherited.conflict(
        node, _INHERITED_STAGE, _FILES, asked, known
    )


def fault(node: Node, asked: list[str], known: Owned) -> str:
    return entryfiles.fault(_own(node, default_entry(node)), asked, known)


def is_written(node: Node, known: Owned) -> bool:
    return not inherited.faults(node, _INHERITED_STAGE, _FILES, known)


def write(node: Node, asked: list[str], known: Owned, _before: Owned) -> str:
    """What kernels to come inherit first, so that one that is installed meanwhile has it too."""
    default = default_entry(node)
    inherited.write(node, _INHERITED_STAGE, _FILES, known, default.expanded(default.operators(known)))
    entryfiles.write(node, _ENTRIES_STAGE, _own(node, default), known)
    return fault(node, asked, known)


def remove(node: Node, known: Owned) -> list[str]:
    if not saved(node, _ENTRIES_STAGE) and not saved(node, _INHERITED_STAGE):
        return []
    return inherited.put_back(node, _INHERITED_STAGE, known) + entryfiles.put_back(
        node, _ENTRIES_STAGE, [entry for entry in entries(node) if not entry.is_rescue()], known
    )


def _own(node: Node, default: BootEntry) -> list[BootEntry]:
    return entryfiles.same_system(entries(node), default)
