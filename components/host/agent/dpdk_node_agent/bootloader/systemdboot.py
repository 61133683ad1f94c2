"""systemd-boot with entries in loader/entries. For good means their options, and /etc/kernel/cmdline for kernels to
come."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cmp_to_key

from ..cmdline import conflicts
from ..errors import Refused
from ..node import Node
from ..ownedarguments import Owned
from ..store import saved
from . import efi, entryfiles, inherited
from .entry import BootEntry
from .versions import uapi_compare

KIND = "systemd-boot"
PLACE = f"loader/entries and {inherited.CMDLINE}"
# The boot partition (XBOOTLDR) and the ESP: systemd-boot reads the entries of both.
MOUNTS = ("/boot", "/efi", "/boot/efi")
_FILES = (inherited.CMDLINE,)
_ENTRIES_STAGE, _INHERITED_STAGE = "kernel-arguments-systemd-boot", "kernel-arguments-systemd-boot-inherited"


def entries(node: Node) -> list[BootEntry]:
    """All of them, in the menu's order: the newest first, those without a try left last."""
    found = [
        entry for mount in MOUNTS for entry in entryfiles.read(node, _ENTRIES_STAGE, f"{mount}/loader/entries", {})
    ]
    return ordered(found)


def ordered(found: list[BootEntry]) -> list[BootEntry]:
    return sorted(found, key=cmp_to_key(_compare))


def default_entry(node: Node) -> BootEntry:
    """What LoaderEntryDefault or loader.conf names, or the first one."""
    found = [entry for entry in entries(node) if entry.kernel()]
    entry = chosen(node, found)
    selected = efi.text_variable(node, "LoaderEntrySelected")
    if selected.endswith(".efi"):
        raise _refused("the running system is a unified kernel image, whose arguments are inside it", selected)
    if entry is None or entry.is_rescue() or entry.is_trial():
        raise _refused("the default boot entry is no normal Linux entry", entry.id() if entry else "no entry")
    return entry


def chosen(node: Node, found: list[BootEntry]) -> BootEntry | None:
    """The one of these that boots when nothing else is asked for."""
    for pattern in _defaults(node):
        if pattern.startswith("@"):
            raise _refused("systemd-boot boots what was booted last, so a trial would stay", pattern)
        matched = [entry for entry in found if fnmatchcase(f"{entry.id()}.conf".lower(), pattern)]
        if matched:
            return matched[0]
    return found[0] if found else None


def conflict(node: Node, asked: list[str], known: Owned) -> tuple[str, list[str]] | None:
    default = default_entry(node)
    wrong = conflicts(asked, default.operators(known))
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
    inherited.write(node, _INHERITED_STAGE, _FILES, known, default.operators(known))
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


def _defaults(node: Node) -> list[str]:
    """What names the default, the strongest first; in small letters, as systemd-boot compares them."""
    lines = [
        row.split(None, 1)[1].strip()
        for mount in MOUNTS
        for row in (node.read(f"{mount}/loader/loader.conf") or "").splitlines()
        if row.split(None, 1)[:1] == ["default"] and len(row.split(None, 1)) == 2
    ]
    return [text.lower() for text in [efi.text_variable(node, "LoaderEntryDefault"), *lines] if text]


def _compare(a: BootEntry, b: BootEntry) -> int:
    """The order of systemd's boot.c (boot_entry_compare): tries left, sort-key, machine, version, name."""
    for one, two in (
        (a.is_given_up(), b.is_given_up()),
        (not a.value("sort-key"), not b.value("sort-key")),
        (a.value("sort-key"), b.value("sort-key")),
    ):
        if one != two:
            return 1 if one > two else -1
    if a.value("sort-key"):
        if a.value("machine-id") != b.value("machine-id"):
            return 1 if a.value("machine-id") > b.value("machine-id") else -1
        order = -uapi_compare(a.value("version"), b.value("version"))
        if order:
            return order
    return -uapi_compare(a.id(), b.id())


def _refused(what: str, value: str) -> Refused:
    return Refused(what, where="systemd-boot", value=value, remedy="set the arguments by hand")
