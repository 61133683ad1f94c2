"""GRUB's environment block: who can write it, and how it is put back.

The names differ by family: Debian's tools are grub-*, Red Hat's grub2-*."""

from __future__ import annotations

import os

from ..errors import AgentError
from ..node import Node
from ..store import forget, save_once, saved
from .grubscript import environment_of

# Where GRUB reads but cannot write its environment: the list of /etc/grub.d/00_header (check_writable), as Ubuntu ships
# it.
_UNWRITABLE = {"btrfs", "cpiofs", "newc", "odc", "romfs", "squash4", "tarfs", "zfs"}


def block_of(family: str) -> str:
    """The path of the block; family is grub or grub2."""
    return f"/boot/{family}/grubenv"


def variables(node: Node, family: str) -> dict[str, str]:
    """The variables of the environment block."""
    return environment_of(node.read(block_of(family)) or "")


def unwritable_because(node: Node, family: str) -> str:
    """Why GRUB cannot write its environment block, or an empty text where it can."""
    # RHEL 8 on UEFI: a link to the block on the EFI system partition, which is FAT and can be written.
    folder = _place(node, block_of(family)).rpartition("/")[0]
    lies_on = node.ask(f"{family}-probe", "--target=abstraction", folder)
    system = node.ask(f"{family}-probe", "--target=fs", folder)
    if lies_on.code != 0 or system.code != 0:
        return f"{family}-probe could not tell what {folder} lies on: {(lies_on.err or system.err).strip()}"
    if lies_on.out.strip():
        return f"{folder} lies on {' '.join(lies_on.out.split())}"
    if system.out.strip() in _UNWRITABLE:
        return f"{folder} lies on {system.out.strip()}"
    return ""


def ask(node: Node, family: str, stage: str, entry: str) -> None:
    """Makes an entry the next boot's, once, and reads it back. What the block was before is kept under `stage`."""
    if not saved(node, stage):
        save_once(node, stage, block_of(family), node.read(block_of(family)))
    node.run(f"{family}-reboot", entry)
    if not is_asked(node, family, entry):
        raise AgentError(
            "the one-shot boot entry was not kept",
            where=block_of(family),
            value=str(variables(node, family)),
            remedy=f"look at `{family}-editenv list` and at the free space of /boot",
        )


def is_asked(node: Node, family: str, entry: str) -> bool:
    """Whether the next boot takes this entry."""
    return variables(node, family).get("next_entry") == entry


def restore(node: Node, family: str, stage: str) -> list[str]:
    """Takes the wish away, and puts the block back as it was."""
    kept = saved(node, stage)
    if not kept:
        return []
    block = block_of(family)
    original = kept[block]
    if node.read(block) != original:
        if "next_entry" in variables(node, family):
            node.run(f"{family}-editenv", block, "unset", "next_entry")
        _restore_bytes(node, family, original)
    forget(node, stage, block)
    return [f"{block}: no one-shot entry is asked for"]


def _restore_bytes(node: Node, family: str, original: str | None) -> None:
    """Puts the block back where `next_entry` was all that differed; what else was set since is not ours to undo."""
    block = block_of(family)
    if original is None:
        if not variables(node, family):
            node.remove(block)
        return
    before = {name: value for name, value in environment_of(original).items() if name != "next_entry"}
    if node.read(block) != original and variables(node, family) == before:
        node.write_file(_place(node, block), original, *node.mode_and_owner(block, 0o600))


def _place(node: Node, path: str) -> str:
    """Where a file really lies: a link is written through, never replaced."""
    root = os.path.realpath(node.root)
    found = os.path.realpath(node.place(path))
    return found[len(root.rstrip("/")) :] if found.startswith(root) else path
