"""What GRUB has on this node: its default entry, its environment block, and where the operator's own arguments
stand."""

from __future__ import annotations

from ..errors import Refused
from ..node import Node
from . import grubenv, grubscript

GRUB_CONFIG = "/boot/grub/grub.cfg"
STAGE = "kernel-arguments"
# Read last, so that no cloud image's file overrides it (50-cloudimg-settings.cfg replaces GRUB_CMDLINE_LINUX_DEFAULT).
FOR_GOOD = "/etc/default/grub.d/zz-dpdk-fleet.cfg"


def default_entry(node: Node, menu: str | None = None) -> grubscript.Entry:
    """The entry that boots when nothing else is asked for: of the menu that is there, or of this one."""
    text = (node.read(GRUB_CONFIG) or "") if menu is None else menu
    name = grubscript.default_name(text, grubenv.variables(node, "grub"))
    entry = grubscript.find(grubscript.entries(text), name)
    if entry is None or not entry.kernel():
        raise Refused(
            "the default boot entry is no Linux entry",
            where=GRUB_CONFIG,
            value=repr(name),
            remedy="set GRUB_DEFAULT to an entry that boots Linux and run update-grub",
        )
    if entry.is_rescue():
        raise Refused(
            "the default boot entry is a rescue entry",
            where=GRUB_CONFIG,
            value=repr(entry.title),
            remedy="set GRUB_DEFAULT to a normal entry and run update-grub",
        )
    return entry


def operator_files(node: Node) -> list[str]:
    """The files that the operator's arguments come from, ours left out."""
    files = ["/etc/default/grub"] + [f"/etc/default/grub.d/{name}" for name in node.names("/etc/default/grub.d")]
    return [path for path in files if path != FOR_GOOD]


def source_of(node: Node, token: str) -> str:
    """The file in which the operator wrote this argument, for an error that names it."""
    for path in operator_files(node):
        rows = [row for row in (node.read(path) or "").split("\n") if not row.lstrip().startswith("#")]
        if any(token in row for row in rows):
            return path
    return f"the default entry of {GRUB_CONFIG}"
