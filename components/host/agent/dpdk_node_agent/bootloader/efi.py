"""What the UEFI firmware keeps: its variables, its boot entries, and the partition that it reads (ESP). Files only."""

from __future__ import annotations

import os
import struct
from typing import NamedTuple

from ..node import Node

VARIABLES = "/sys/firmware/efi/efivars"
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"  # EFI_GLOBAL_VARIABLE of the UEFI specification
LOADER = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"  # systemd's, which systemd-boot writes
# Where distributions mount it; the first that is a FAT file system is it.
_MOUNTS = ("/boot/efi", "/efi", "/boot")


class Partition(NamedTuple):
    """The EFI system partition: where it is mounted, and where the firmware finds it."""

    mount: str
    disk: str
    number: int


def is_booted(node: Node) -> bool:
    """Whether this boot was UEFI's and its variables can be reached."""
    return bool(node.names(VARIABLES))


def variable(node: Node, name: str, vendor: str = GLOBAL) -> bytes | None:
    """The value of a variable, without the four bytes of attributes in front of it (efivarfs)."""
    text = node.read(f"{VARIABLES}/{name}-{vendor}")
    return None if text is None else text.encode(errors="surrogateescape")[4:]


def text_variable(node: Node, name: str) -> str:
    """A variable of systemd-boot's as text."""
    return (variable(node, name, LOADER) or b"").decode("utf-16-le", errors="replace").rstrip("\0")


def next_boot(node: Node) -> str | None:
    """The number of the entry that the next boot takes, once, as four hexadecimal digits."""
    value = variable(node, "BootNext")
    return f"{struct.unpack('<H', value[:2])[0]:04X}" if value and len(value) >= 2 else None


def entries_called(node: Node, label: str) -> list[str]:
    """The numbers of the boot entries with this label."""
    found = []
    for name in node.names(VARIABLES):
        digits = name[len("Boot") : len("Boot") + 4]
        if name == f"Boot{digits}-{GLOBAL}" and len(digits) == 4 and all(d in "0123456789ABCDEFabcdef" for d in digits):
            if _label(variable(node, f"Boot{digits}") or b"") == label:
                found.append(digits.upper())
    return found


def _label(option: bytes) -> str:
    """EFI_LOAD_OPTION: four bytes of attributes, two of the path's length, then the label in UTF-16 with a zero."""
    return option[6:].decode("utf-16-le", errors="replace").partition("\0")[0]


def system_partition(node: Node) -> Partition | None:
    """The mounted EFI system partition; None where there is none, or none on a plain partition."""
    for device, mount in _fat_mounts(node):
        block = f"/sys/class/block/{os.path.basename(os.path.realpath(node.place(device)))}"
        number = (node.read(f"{block}/partition") or "").strip()
        if number.isdigit():
            disk = os.path.basename(os.path.dirname(os.path.realpath(node.place(block))))
            return Partition(mount, f"/dev/{disk}", int(number))
    return None


def is_mounted(node: Node, folder: str) -> bool:
    """Whether this folder of the EFI system partition can be reached."""
    return any(folder.startswith(f"{mount}/") for _, mount in _fat_mounts(node))


def _fat_mounts(node: Node) -> list[tuple[str, str]]:
    rows = [row.split() for row in (node.read("/proc/self/mounts") or "").splitlines()]
    there = {row[1]: row[0] for row in rows if len(row) > 2 and row[2] in ("vfat", "msdos")}
    return [(there[mount], mount) for mount in _MOUNTS if mount in there]


def free_bytes(node: Node, folder: str) -> int:
    found = os.statvfs(node.place(folder))
    return found.f_bavail * found.f_frsize
