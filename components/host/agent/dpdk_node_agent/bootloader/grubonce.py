"""The trial entry in custom.cfg, and the environment variable that makes GRUB boot it once.

GRUB empties `next_entry` and writes that down before it boots the entry, so whatever happens then, the boot after it is
the default one again."""

from __future__ import annotations

import re

from ..errors import Refused
from ..node import Node
from ..ownedfiles import restore_one, write_owned
from ..store import forget, saved
from . import grubenv, grubscript
from .grubmenu import GRUB_CONFIG, STAGE

CONFIG = GRUB_CONFIG
CUSTOM = "/boot/grub/custom.cfg"
ENTRY = "dpdk-fleet-trial"
NOT_TAKEN = "GRUB did not boot the one-shot entry, and still has it in its environment block"
_ENVIRONMENT_STAGE = f"{STAGE}-environment"

_BEGIN, _END = "### dpdk-fleet trial: begin ###\n", "### dpdk-fleet trial: end ###\n"
# The operator's file did not end its last line: the newline before this marker is ours and goes with it.
_BEGIN_JOINED = "\n### dpdk-fleet trial: begin, newline added ###\n"
_BLOCK = re.compile(f"(?:{re.escape(_BEGIN_JOINED)}|{re.escape(_BEGIN)}).*?{re.escape(_END)}", re.DOTALL)


def impossible_because(node: Node) -> str:
    """Why an entry cannot be booted exactly once this way, or an empty text."""
    reason = grubenv.unwritable_because(node, "grub")
    if reason:
        return reason
    return "" if "custom.cfg" in (node.read(GRUB_CONFIG) or "") else "no line that sources custom.cfg"


def refuse_unless_possible(node: Node, _plan: dict, _entry: grubscript.Entry) -> None:
    """Refuses a node on which an entry cannot be booted exactly once. Changes nothing."""
    reason = grubenv.unwritable_because(node, "grub")
    if reason:
        raise Refused(
            "GRUB cannot write its environment, so a one-shot entry would repeat for ever",
            where=grubenv.block_of("grub"),
            value=reason,
            remedy="put /boot on a plain partition, boot by UEFI, or set the arguments by hand",
        )
    if impossible_because(node):
        raise Refused(
            "the GRUB menu does not read custom.cfg",
            where=GRUB_CONFIG,
            value="no line that sources custom.cfg",
            remedy="make /etc/grub.d/41_custom executable and run update-grub",
        )


def command_line(entry: grubscript.Entry, line: list[str]) -> list[str]:
    """What /proc/cmdline will be."""
    return [f"BOOT_IMAGE={entry.kernel()}", *line]


def write_entry(node: Node, default: grubscript.Entry, arguments: list[str]) -> None:
    """Appends the trial entry to custom.cfg, or replaces the one that is there."""
    before = _BLOCK.sub("", node.read(CUSTOM) or "")
    begin = _BEGIN if before.endswith("\n") or not before else _BEGIN_JOINED
    body = grubscript.derived(default, "Trial boot of dpdk-fleet", ENTRY, arguments)
    text = before + begin + body + _END
    if node.read(CUSTOM) != text:
        write_owned(node, STAGE, CUSTOM, text, *node.mode_and_owner(CUSTOM, 0o600))


def ask(node: Node) -> None:
    """Makes the trial entry the next boot's, once, and reads it back."""
    grubenv.ask(node, "grub", _ENVIRONMENT_STAGE, ENTRY)


def is_asked(node: Node) -> bool:
    """Whether the next boot takes the trial entry."""
    return grubenv.is_asked(node, "grub", ENTRY)


def is_there(node: Node) -> bool:
    """Whether the entry, or the wish for it, has not been taken away yet."""
    return CUSTOM in saved(node, STAGE) or bool(saved(node, _ENVIRONMENT_STAGE))


def remove(node: Node) -> list[str]:
    """Takes the trial entry and the wish for it away; what the operator has there stays, also what came since."""
    return grubenv.restore(node, "grub", _ENVIRONMENT_STAGE) + _remove_entry(node)


def _remove_entry(node: Node) -> list[str]:
    original = saved(node, STAGE).get(CUSTOM)
    if original is None:
        return []
    text = node.read(CUSTOM)
    if text is not None:
        rest = _BLOCK.sub("", text)
        if original["text"] is not None or rest:
            if rest != text:
                node.write_file(CUSTOM, rest, *node.mode_and_owner(CUSTOM, 0o600))
            forget(node, STAGE, CUSTOM)
            return [f"{CUSTOM}: the trial entry is taken out"]
    return [restore_one(node, STAGE, CUSTOM, original)]
