"""A trial entry of our own in loader/entries, and LoaderEntryOneShot, which systemd-boot deletes as it reads it."""

from __future__ import annotations

from ..errors import AgentError, Refused
from ..node import Node
from ..ownedfiles import restore_owned, write_owned
from ..store import saved
from . import efi, systemdboot
from .entry import BootEntry, trial_id, trial_text

NOT_TAKEN = "systemd-boot did not boot the one-shot entry, and still has it in LoaderEntryOneShot"
_FILES = "kernel-arguments-systemd-boot-trial"
_VARIABLE = "LoaderEntryOneShot"


def refuse_unless_possible(node: Node, _plan: dict, entry: BootEntry) -> None:
    if not efi.is_booted(node):
        raise _refused("no EFI variables", "mount efivarfs at /sys/firmware/efi/efivars")
    others = [each for each in systemdboot.entries(node) if not each.is_trial()]
    ours = BootEntry(_path(entry), trial_text(entry, entry.arguments()))
    if systemdboot.chosen(node, systemdboot.ordered([*others, ours])) is ours:
        raise _refused(f"{ours.id()} would be the default", "name the default entry in loader.conf")
    asked = efi.text_variable(node, _VARIABLE)
    if asked and not is_asked(node):
        raise _refused(f"{asked} is asked for once already", 'reboot, or take it away with `bootctl set-oneshot ""`')


def command_line(entry: BootEntry, line: list[str]) -> list[str]:
    """systemd-boot puts initrd= in front where it leaves the ramdisks to the kernel's EFI stub."""
    return [*(f"initrd={path}" for path in entry.initrds()), *line]


def write_entry(node: Node, entry: BootEntry, line: list[str]) -> None:
    write_owned(node, _FILES, _path(entry), trial_text(entry, line))


def ask(node: Node) -> None:
    node.run("bootctl", "set-oneshot", _written(node))
    if not is_asked(node):
        raise AgentError(
            "the one-shot boot entry was not kept",
            where=_VARIABLE,
            value=repr(efi.text_variable(node, _VARIABLE)),
            remedy="look at `bootctl status`: the boot loader must know one-shot entries",
        )


def is_asked(node: Node) -> bool:
    return efi.text_variable(node, _VARIABLE) == _written(node) != ""


def is_there(node: Node) -> bool:
    return bool(saved(node, _FILES))


def remove(node: Node) -> list[str]:
    """The wish first, then what it was for."""
    done = []
    if is_asked(node):
        node.run("bootctl", "set-oneshot", "")
        done.append(f"{_VARIABLE}: no one-shot entry is asked for")
    return done + restore_owned(node, _FILES)


def _written(node: Node) -> str:
    """The name of the trial entry that was written, as systemd-boot calls it."""
    return next(iter(saved(node, _FILES)), "").rpartition("/")[2]


def _path(entry: BootEntry) -> str:
    return f"{entry.path.rpartition('/')[0]}/{trial_id(entry.id())}.conf"


def _refused(what: str, remedy: str) -> Refused:
    return Refused("systemd-boot cannot boot an entry exactly once", where="systemd-boot", value=what, remedy=remedy)
