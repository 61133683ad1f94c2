"""A trial that the firmware boots once: an EFI boot entry of our own that starts the kernel itself, and BootNext.

For machines where GRUB cannot write its environment block (md, LVM, btrfs, ZFS). The kernel is an EFI program (EFI
stub), so it and its initial ramdisk are copied to the EFI system partition and GRUB has no part in it. The firmware
deletes BootNext before it boots what it names (UEFI specification, 3.1.2), so whatever happens then, the boot after it
follows BootOrder, where our entry never is."""

from __future__ import annotations

from typing import Any, Iterator

from ..errors import AgentError, Refused
from ..node import Node
from ..secureboot import secure_boot
from ..store import forget, make_folders, save_once, saved
from . import efi

LABEL = "dpdk-fleet trial"
NOT_TAKEN = "the firmware did not boot the one-shot entry, and still has it as BootNext"
_STAGE = "kernel-arguments-bootnext"
_FOLDER, _KERNEL = "EFI/dpdk-fleet", "linux.efi"
_TOOL = "efibootmgr"
_PIECE = 1024 * 1024
# Whatever else a firmware or an update of it wants to write there while the trial is.
_SPARE_BYTES = 4 * 1024 * 1024
# Ubuntu's menus end a line with $vt_handoff, which GRUB replaces; it only concerns what a screen shows.
_OF_GRUB = {"$vt_handoff", "${vt_handoff}"}


def refuse_unless_possible(node: Node, plan: dict, entry: Any) -> None:
    """Refuses where the firmware cannot boot an entry of ours once. Changes nothing."""
    if secure_boot(node):
        raise _impossible(
            "Secure Boot is on, and a firmware takes the distribution's kernel from its shim only",
            "turn Secure Boot off, put /boot on a plain partition that GRUB can write, or set the arguments by hand",
        )
    if not _has_tool(node) and _TOOL not in plan["packages"]:
        raise _impossible(f"{_TOOL} is not installed", f"name {_TOOL} under packages")
    partition = efi.system_partition(node)
    if partition is None:
        raise _impossible(
            "no EFI system partition of a plain disk is mounted at /boot/efi, /efi or /boot",
            "mount it; on a mirror (md) the firmware's path to it cannot be told, so set the arguments by hand",
        )
    other = efi.next_boot(node)
    if other is not None and other not in efi.entries_called(node, LABEL):
        raise _impossible(f"BootNext is {other} already", "reboot, or take it away with `efibootmgr -N`")
    _refuse_unless_bootable(node, entry)
    _refuse_unless_it_fits(node, entry, partition.mount)


def command_line(entry: Any, line: list[str]) -> list[str]:
    """The EFI stub loads what initrd= names from where it came from itself, and leaves it on the line."""
    ramdisks = [f"initrd=\\{_FOLDER}\\{name}".replace("/", "\\") for name in _copies(entry)[1:]]
    return ramdisks + [token for token in line if token not in _OF_GRUB]


def write_entry(node: Node, entry: Any, line: list[str]) -> None:
    """Copies kernel and ramdisks, and makes the boot entry, which is not in BootOrder."""
    partition = efi.system_partition(node)
    if partition is None:
        raise _impossible("the EFI system partition is not mounted any more", "mount it")
    save_once(node, _STAGE, "folder", f"{partition.mount}/{_FOLDER}")
    for number in efi.entries_called(node, LABEL):
        node.run(_TOOL, "-q", "-B", "-b", number)
    make_folders(node, f"{partition.mount}/{_FOLDER}", 0o700)
    for source, name in zip(_sources(entry), _copies(entry)):
        node.write_stream(f"{partition.mount}/{_FOLDER}/{name}", _pieces(node, source), 0o600)
    node.run(
        *(_TOOL, "-q", "--create-only", "--disk", partition.disk, "--part", str(partition.number)),
        *("--label", LABEL, "--loader", f"\\{_FOLDER}\\{_KERNEL}".replace("/", "\\")),
        # One argument: efibootmgr counts the length of several ones wrong. The stub takes it in UTF-16.
        *("--unicode", " ".join(command_line(entry, line))),
    )


def ask(node: Node) -> None:
    """Makes our entry the next boot's, and reads it back."""
    found = efi.entries_called(node, LABEL)
    if len(found) == 1:
        node.run(_TOOL, "-q", "-n", found[0])
    if len(found) != 1 or efi.next_boot(node) != found[0]:
        raise AgentError(
            "the firmware did not keep the one-shot boot entry",
            where=efi.VARIABLES,
            value=f"{len(found)} entries called {LABEL!r}, BootNext {efi.next_boot(node)}",
            remedy="look at `efibootmgr -v`; a firmware whose memory is full needs a reboot to clean it up",
        )


def is_asked(node: Node) -> bool:
    return efi.next_boot(node) in efi.entries_called(node, LABEL)


def is_there(node: Node) -> bool:
    return bool(saved(node, _STAGE))


def remove(node: Node) -> list[str]:
    """Takes BootNext, the boot entry and the copies away."""
    kept = saved(node, _STAGE)
    if not kept:
        return []
    found = efi.entries_called(node, LABEL)
    if efi.next_boot(node) in found:
        node.run(_TOOL, "-q", "-N")
    for number in found:
        node.run(_TOOL, "-q", "-B", "-b", number)
    _remove_copies(node, kept["folder"])
    forget(node, _STAGE, "folder")
    return [f"EFI boot entry {LABEL!r} and {kept['folder']}: removed"]


def _remove_copies(node: Node, folder: str) -> None:
    names = node.names(folder)  # mounts it, where it is mounted on demand
    if not efi.is_mounted(node, folder):
        raise AgentError(
            "the EFI system partition is not mounted, so the copies for the trial are on it yet",
            where=folder,
            remedy="mount it, then try again",
        )
    for name in names:
        node.remove(f"{folder}/{name}")
    if node.exists(folder):
        node.remove(folder)


def _refuse_unless_bootable(node: Node, entry: Any) -> None:
    for source in _sources(entry):
        if not node.exists(source):
            raise _impossible(f"there is no {source}", "look at the default boot entry")
    with open(node.path(_sources(entry)[0]), "rb") as kernel:
        if kernel.read(2) != b"MZ":  # an EFI program is a PE image (Documentation/admin-guide/efi-stub.rst)
            raise _impossible("the kernel was built without an EFI stub", "boot a kernel with CONFIG_EFI_STUB")
    strange = [token for token in entry.arguments() if token not in _OF_GRUB and any(sign in token for sign in "$\\'")]
    if strange:
        raise _impossible(f"only GRUB can read {' '.join(strange)}", "take that out of GRUB's settings")


def _refuse_unless_it_fits(node: Node, entry: Any, mount: str) -> None:
    needed = sum(node.path(source).stat().st_size for source in _sources(entry)) + _SPARE_BYTES
    there = efi.free_bytes(node, mount) + _size_of(node, f"{mount}/{_FOLDER}")
    if there < needed:
        raise _impossible(
            f"{mount} has {there // _PIECE} MiB left and the trial needs {needed // _PIECE}",
            "make room there, or set the arguments by hand",
        )


def _impossible(what: str, remedy: str) -> Refused:
    return Refused(
        "GRUB cannot write its environment here, and the firmware cannot boot a trial once",
        where="BootNext",
        value=what,
        remedy=remedy,
    )


def _has_tool(node: Node) -> bool:
    return any(node.exists(f"{folder}/{_TOOL}") for folder in ("/usr/bin", "/usr/sbin", "/bin", "/sbin"))


def _sources(entry: Any) -> list[str]:
    """Kernel and ramdisks under /boot; a menu has their paths from the root of whatever file system that is."""
    return [f"/boot/{path.rpartition('/')[2]}" for path in (entry.kernel(), *entry.initrds())]


def _copies(entry: Any) -> list[str]:
    return [_KERNEL, *(f"initrd{place}.img" for place, _ in enumerate(entry.initrds()))]


def _pieces(node: Node, path: str) -> Iterator[bytes]:
    with open(node.path(path), "rb") as stream:
        piece = stream.read(_PIECE)
        while piece:
            yield piece
            piece = stream.read(_PIECE)


def _size_of(node: Node, folder: str) -> int:
    return sum(node.path(f"{folder}/{name}").stat().st_size for name in node.names(folder))
