"""Kernel arguments written for good: a file of /etc/default/grub.d, update-grub, and the generated default entry read back.

The way back generates the menu again. Where that does not give the menu of before although nothing that it is made of
has changed, the menu had been edited by hand; then its saved text is put back."""

from __future__ import annotations

import hashlib
import stat

from ..errors import AgentError
from ..node import Node
from ..ownedfiles import restore_one, write_owned
from ..store import forget, save_once, saved
from .detect import GRUB_CONFIG
from .grub import FOR_GOOD, STAGE, operator_files

_MENU_STAGE = f"{STAGE}-menu"
# update-grub took 4 s under emulation; a server with many disks and os-prober needs minutes.
UPDATE_SECONDS = 300


def text_of(owned: list[str]) -> str:
    """The file that appends the owned arguments to the operator's."""
    return (
        "# Written by dpdk-node-agent, which also takes it away again; change the fleet file instead.\n"
        f'GRUB_CMDLINE_LINUX="${{GRUB_CMDLINE_LINUX:-}} {" ".join(owned)}"\n'
    )


def is_written(node: Node, owned: list[str]) -> bool:
    """Whether the file is there exactly when something is owned, with exactly that."""
    return node.read(FOR_GOOD) == (text_of(owned) if owned else None)


def write(node: Node, owned: list[str]) -> None:
    """Writes the arguments and generates the menu."""
    _save_menu(node)
    if owned:
        write_owned(node, STAGE, FOR_GOOD, text_of(owned))
    elif FOR_GOOD in saved(node, STAGE):
        restore_one(node, STAGE, FOR_GOOD, saved(node, STAGE)[FOR_GOOD])
    generate(node)


def generate(node: Node) -> None:
    """Generates the menu from /etc/default/grub and its folder."""
    if node.exists("/usr/sbin/update-grub"):
        node.run("update-grub", timeout=UPDATE_SECONDS)
    else:
        node.run("grub-mkconfig", "-o", GRUB_CONFIG, timeout=UPDATE_SECONDS)


def remove(node: Node) -> list[str]:
    """Puts file and menu back."""
    done = []
    original = saved(node, STAGE).get(FOR_GOOD)
    if original is not None:
        done.append(restore_one(node, STAGE, FOR_GOOD, original))
    menu = saved(node, _MENU_STAGE).get(GRUB_CONFIG)
    if menu is not None:
        generate(node)
        done.append(_compare_menu(node, menu))
        forget(node, _MENU_STAGE, GRUB_CONFIG)
    return done


def _compare_menu(node: Node, menu: dict) -> str:
    if node.read(GRUB_CONFIG) == menu["text"]:
        _restore_mode(node, menu)
        return f"{GRUB_CONFIG}: generated, and the same as before"
    if menu["inputs"] != _inputs(node):
        return f"{GRUB_CONFIG}: generated; kernels or GRUB's settings have changed since, so it is not the one of before"
    node.write_file(GRUB_CONFIG, menu["text"], menu["mode"])
    return f"{GRUB_CONFIG}: put back as it was; generated anew it would differ"


def _restore_mode(node: Node, menu: dict) -> None:
    # grub-mkconfig makes the menu readable for all; a disk builder may have left it private.
    if stat.S_IMODE(node.path(GRUB_CONFIG).stat().st_mode) != menu["mode"]:
        node.write_file(GRUB_CONFIG, menu["text"], menu["mode"])


def _save_menu(node: Node) -> None:
    if GRUB_CONFIG in saved(node, _MENU_STAGE):
        return
    text = node.read(GRUB_CONFIG)
    if text is None:
        raise AgentError("the GRUB menu is gone", where=GRUB_CONFIG, remedy="run update-grub, then up again")
    mode = stat.S_IMODE(node.path(GRUB_CONFIG).stat().st_mode)
    save_once(node, _MENU_STAGE, GRUB_CONFIG, {"text": text, "mode": mode, "inputs": _inputs(node)})


def _inputs(node: Node) -> dict[str, str]:
    """What the menu is made of: a hash for each of GRUB's settings and scripts, and the names of the kernels."""
    files = operator_files(node) + [f"/etc/grub.d/{name}" for name in node.names("/etc/grub.d")]
    hashes = {path: hashlib.sha256((node.read(path) or "").encode(errors="surrogateescape")).hexdigest() for path in files}
    kernels = [name for name in node.names("/boot") if name.startswith(("vmlinuz", "vmlinux", "initrd", "initramfs"))]
    return {**hashes, "/boot": " ".join(kernels)}
