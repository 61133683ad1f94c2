"""A trial entry of our own in /boot/loader/entries, and GRUB's next_entry that boots it once."""

from __future__ import annotations

from ..errors import Refused
from ..node import Node
from ..ownedfiles import restore_owned, write_owned
from ..store import saved
from . import bls, grubenv
from .entry import BootEntry, trial_id, trial_text
from .versions import grub_compare, newest_first

CONFIG = bls.CONFIG
NOT_TAKEN = "GRUB did not boot the one-shot entry, and still has it in its environment block"
_FILES, _ENVIRONMENT = "kernel-arguments-bls-trial", "kernel-arguments-bls-environment"


def impossible_because(node: Node) -> str:
    """Why an entry cannot be booted exactly once this way, or an empty text."""
    reason = grubenv.unwritable_because(node, "grub2")
    if reason:
        return reason
    return "" if "next_entry" in (node.read(bls.CONFIG) or "") else f"{bls.CONFIG} reads no next_entry"


def refuse_unless_possible(node: Node, _plan: dict, entry: BootEntry) -> None:
    reason = impossible_because(node)
    if reason:
        raise Refused(
            "GRUB cannot boot an entry exactly once",
            where=grubenv.block_of("grub2"),
            value=reason,
            remedy="put /boot on a plain partition, boot by UEFI, or set the arguments by hand",
        )
    _name(node, entry)


def command_line(entry: BootEntry, line: list[str]) -> list[str]:
    return [f"BOOT_IMAGE=(hd0,gpt2){entry.kernel()}", *line]


def write_entry(node: Node, entry: BootEntry, line: list[str]) -> None:
    path = f"{bls.ENTRIES}/{_name(node, entry)}.conf"
    write_owned(node, _FILES, path, trial_text(entry, line))


def ask(node: Node) -> None:
    grubenv.ask(node, "grub2", _ENVIRONMENT, _written(node))


def is_asked(node: Node) -> bool:
    return grubenv.is_asked(node, "grub2", _written(node))


def is_there(node: Node) -> bool:
    return bool(saved(node, _FILES) or saved(node, _ENVIRONMENT))


def remove(node: Node) -> list[str]:
    """The wish first, then what it was for."""
    return grubenv.restore(node, "grub2", _ENVIRONMENT) + restore_owned(node, _FILES)


def _written(node: Node) -> str:
    """The name of the trial entry that was written."""
    path = next(iter(saved(node, _FILES)), "")
    return path.rpartition("/")[2][: -len(".conf")]


def _name(node: Node, entry: BootEntry) -> str:
    """The name of the trial of an entry; refused where it would come first, and so be the default of a menu without
    one."""
    name = trial_id(entry.file())
    others = [each.file() for each in bls.entries(node) if not each.is_trial()]
    if newest_first([*others, name], grub_compare)[0] == name:
        raise Refused(
            "a trial entry would come first in the menu",
            where=bls.ENTRIES,
            value=", ".join(others),
            remedy="name the entries MACHINE-VERSION-RELEASE.conf, as kernel-install does",
        )
    return name
