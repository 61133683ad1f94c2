"""Which boot loader a node has, and whether a one-shot entry is safe with it."""

from __future__ import annotations

from ..cmdline import tokens
from ..errors import Refused
from ..node import Node

GRUB_CONFIG = "/boot/grub/grub.cfg"
_LOADER_INFO = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
# Where GRUB reads but cannot write its environment: the list of /etc/grub.d/00_header (check_writable), as Ubuntu ships
# it.
_UNWRITABLE = {"btrfs", "cpiofs", "newc", "odc", "romfs", "squash4", "tarfs", "zfs"}


def describe(node: Node) -> dict:
    """The boot loader as the facts show it: kind, config, environmentWritable, reason."""
    kind = kind_of(node)
    if kind != "grub":
        return {"kind": kind, "config": None, "environmentWritable": False, "reason": f"{kind} is not supported"}
    reason = unwritable_because(node)
    return {"kind": "grub", "config": GRUB_CONFIG, "environmentWritable": not reason, "reason": reason}


def kind_of(node: Node) -> str:
    """grub, or the name of what was found instead."""
    if node.exists("/run/ostree-booted") or any(
        token.startswith("ostree=") for token in tokens(node.read("/proc/cmdline") or "")
    ):
        return "ostree"
    if "systemd-boot" in (node.read(_LOADER_INFO) or "").replace("\0", ""):
        return "systemd-boot"
    if node.exists("/boot/grub2/grub.cfg") or any(
        name.endswith(".conf") for name in node.names("/boot/loader/entries")
    ):
        return "GRUB with boot loader specification entries"
    if node.exists(GRUB_CONFIG):
        return "grub"
    if node.exists("/boot/loader/loader.conf") or node.exists("/boot/efi/loader/loader.conf"):
        return "systemd-boot"
    return "no known boot loader"


def unwritable_because(node: Node) -> str:
    """Why GRUB cannot write its environment block, or an empty text where it can."""
    lies_on = node.ask("grub-probe", "--target=abstraction", "/boot/grub")
    system = node.ask("grub-probe", "--target=fs", "/boot/grub")
    if lies_on.code != 0 or system.code != 0:
        return f"grub-probe could not tell what /boot/grub lies on: {(lies_on.err or system.err).strip()}"
    if lies_on.out.strip():
        return f"/boot/grub lies on {' '.join(lies_on.out.split())}"
    if system.out.strip() in _UNWRITABLE:
        return f"/boot/grub lies on {system.out.strip()}"
    return ""


def refuse_unless_one_shot(node: Node) -> None:
    """Refuses a node on which an entry cannot be booted exactly once. Changes nothing."""
    kind = kind_of(node)
    if kind != "grub":
        raise Refused(
            "kernel arguments can be tried with GRUB and its generated menu only",
            where="the boot loader",
            value=kind,
            remedy="set the arguments by hand; a node that runs them already needs no trial",
        )
    reason = unwritable_because(node)
    if reason:
        raise Refused(
            "GRUB cannot write its environment, so a one-shot entry would repeat for ever",
            where="/boot/grub/grubenv",
            value=reason,
            remedy="put /boot on a plain partition, or set the arguments by hand",
        )
    if "custom.cfg" not in (node.read(GRUB_CONFIG) or ""):
        raise Refused(
            "the GRUB menu does not read custom.cfg",
            where=GRUB_CONFIG,
            value="no line that sources custom.cfg",
            remedy="make /etc/grub.d/41_custom executable and run update-grub",
        )
