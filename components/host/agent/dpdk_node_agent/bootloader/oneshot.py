"""The trial entry in custom.cfg, and the environment variable that makes GRUB boot it once.

GRUB empties `next_entry` and writes that down before it boots the entry, so whatever happens then, the boot after it is
the default one again."""

from __future__ import annotations

import re
import stat

from ..errors import AgentError
from ..node import Node
from ..ownedfiles import restore_one, write_owned
from ..store import forget, save_once, saved
from . import grubscript
from .grub import ENVIRONMENT, STAGE, environment

CUSTOM = "/boot/grub/custom.cfg"
ENTRY = "dpdk-fleet-trial"
_ENVIRONMENT_STAGE = f"{STAGE}-environment"

_BEGIN, _END = "### dpdk-fleet trial: begin ###\n", "### dpdk-fleet trial: end ###\n"
# The operator's file did not end its last line: the newline before this marker is ours and goes with it.
_BEGIN_JOINED = "\n### dpdk-fleet trial: begin, newline added ###\n"
_BLOCK = re.compile(f"(?:{re.escape(_BEGIN_JOINED)}|{re.escape(_BEGIN)}).*?{re.escape(_END)}", re.DOTALL)


def write_entry(node: Node, default: grubscript.Entry, arguments: list[str]) -> None:
    """Appends the trial entry to custom.cfg, or replaces the one that is there."""
    before = _BLOCK.sub("", node.read(CUSTOM) or "")
    begin = _BEGIN if before.endswith("\n") or not before else _BEGIN_JOINED
    body = grubscript.derived(default, "Trial boot of dpdk-fleet", ENTRY, arguments)
    text = before + begin + body + _END
    if node.read(CUSTOM) != text:
        write_owned(node, STAGE, CUSTOM, text, *_mode_and_owner(node, CUSTOM))


def ask(node: Node) -> None:
    """Makes the trial entry the next boot's, once, and reads it back."""
    if not saved(node, _ENVIRONMENT_STAGE):
        save_once(node, _ENVIRONMENT_STAGE, ENVIRONMENT, node.read(ENVIRONMENT))
    node.run("grub-reboot", ENTRY)
    if not is_asked(node):
        raise AgentError(
            "the one-shot boot entry was not kept",
            where=ENVIRONMENT,
            value=str(environment(node)),
            remedy="look at `grub-editenv list` and at the free space of /boot",
        )


def is_asked(node: Node) -> bool:
    """Whether the next boot takes the trial entry."""
    return environment(node).get("next_entry") == ENTRY


def is_there(node: Node) -> bool:
    """Whether the entry, or the wish for it, has not been taken away yet."""
    return CUSTOM in saved(node, STAGE) or bool(saved(node, _ENVIRONMENT_STAGE))


def remove(node: Node) -> list[str]:
    """Takes the trial entry and the wish for it away; what the operator has there stays, also what came since."""
    return _restore_environment(node) + _remove_entry(node)


def _remove_entry(node: Node) -> list[str]:
    original = saved(node, STAGE).get(CUSTOM)
    if original is None:
        return []
    text = node.read(CUSTOM)
    if text is not None:
        rest = _BLOCK.sub("", text)
        if original["text"] is not None or rest:
            if rest != text:
                node.write_file(CUSTOM, rest, *_mode_and_owner(node, CUSTOM))
            forget(node, STAGE, CUSTOM)
            return [f"{CUSTOM}: the trial entry is taken out"]
    return [restore_one(node, STAGE, CUSTOM, original)]


def _restore_environment(node: Node) -> list[str]:
    kept = saved(node, _ENVIRONMENT_STAGE)
    if not kept:
        return []
    original = kept[ENVIRONMENT]
    if node.read(ENVIRONMENT) != original:
        if "next_entry" in environment(node):
            node.run("grub-editenv", ENVIRONMENT, "unset", "next_entry")
        _restore_bytes(node, original)
    forget(node, _ENVIRONMENT_STAGE, ENVIRONMENT)
    return [f"{ENVIRONMENT}: no one-shot entry is asked for"]


def _restore_bytes(node: Node, original: str | None) -> None:
    """Puts the block back where `next_entry` was all that differed; what else was set since is not ours to undo."""
    if original is None:
        if not environment(node):
            node.remove(ENVIRONMENT)
        return
    before = {name: value for name, value in grubscript.environment_of(original).items() if name != "next_entry"}
    if node.read(ENVIRONMENT) != original and environment(node) == before:
        node.write_file(ENVIRONMENT, original, *_mode_and_owner(node, ENVIRONMENT))


def _mode_and_owner(node: Node, path: str) -> tuple[int, int, int]:
    place = node.path(path)
    if not place.exists():
        return 0o600, 0, 0
    found = place.stat()
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
