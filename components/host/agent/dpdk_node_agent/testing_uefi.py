"""A server that boots by UEFI, with /boot on a mirror that GRUB cannot write: its firmware, its variables and
efibootmgr."""

from __future__ import annotations

import struct
from pathlib import Path

from .bootloader.efi import GLOBAL, LOADER, VARIABLES
from .cmdline import tokens
from .node import Completed
from .testing_machine import Machine

KERNEL, INITRD = "/boot/vmlinuz-6.1.0-56-amd64", "/boot/initrd.img-6.1.0-56-amd64"
_ATTRIBUTES = struct.pack("<I", 7)  # non-volatile, boot service, runtime
_DEBIAN = "\\EFI\\debian\\grubx64.efi"


class UefiMachine(Machine):
    """Debian; the ESP is the first partition of sda, mounted at /boot/efi."""

    def __init__(self, root: Path):
        super().__init__(root)
        self.abstraction = "diskfilter mdraid1x"
        self.takes_boot_next = self.keeps_entries = True
        self.write(KERNEL, "MZ the kernel")
        self.write(INITRD, "the ramdisk")
        self.write("/usr/bin/efibootmgr", "")
        self.write("/boot/efi/EFI/debian/grubx64.efi", "MZ GRUB")
        self.write("/dev/sda1", "")
        self.mounts("/dev/md0 / ext4 rw 0 0\n/dev/sda1 /boot/efi vfat rw 0 0\n")
        self.write("/sys/devices/pci0/block/sda/sda1/partition", "1\n")
        self.path("/sys/class/block").mkdir(parents=True)
        self.path("/sys/class/block/sda1").symlink_to("../../devices/pci0/block/sda/sda1")
        self.path(VARIABLES).mkdir(parents=True)
        self.set_variable("Boot0000", _load_option("debian", _DEBIAN, b""))
        self.set_variable("BootOrder", struct.pack("<H", 0))
        self.set_variable("SecureBoot", b"\0")

    def mounts(self, text: str) -> None:
        self.write("/proc/self/mounts", text)

    # --- its firmware ---

    def set_variable(self, name: str, value: bytes, vendor: str = GLOBAL) -> None:
        self.path(f"{VARIABLES}/{name}-{vendor}").write_bytes(_ATTRIBUTES + value)

    def set_text(self, name: str, text: str) -> None:
        self.set_variable(name, (text + "\0").encode("utf-16-le"), LOADER)

    def variable(self, name: str, vendor: str = GLOBAL) -> bytes | None:
        place = self.path(f"{VARIABLES}/{name}-{vendor}")
        return place.read_bytes()[4:] if place.exists() else None

    def drop_variable(self, name: str, vendor: str = GLOBAL) -> None:
        self.path(f"{VARIABLES}/{name}-{vendor}").unlink()

    def _boot_loader(self) -> list[str]:
        """BootNext once, else BootOrder, which is GRUB."""
        number = self.variable("BootNext")
        if number is None or not self.takes_boot_next:
            return super()._boot_loader()
        self.drop_variable("BootNext")
        option = self.variable(f"Boot{struct.unpack('<H', number)[0]:04X}")
        found = None if option is None else self._start(option)
        return super()._boot_loader() if found is None else found

    def _start(self, option: bytes) -> list[str] | None:
        """What the kernel's EFI stub makes of its load options; None where the firmware cannot start it."""
        loader, line = _read(option)
        arguments = tokens(line)
        images = [loader, *(token[len("initrd=") :] for token in arguments if token.startswith("initrd="))]
        places = [self.path("/boot/efi" + image.replace("\\", "/")) for image in images]
        if not all(place.is_file() for place in places) or places[0].read_bytes()[:2] != b"MZ":
            return None
        return arguments

    # --- efibootmgr, as version 17 reads its arguments (src/efibootmgr.c, parse_opts) ---

    def _efibootmgr(self, words: list[str]) -> Completed:
        given, rest = _options(words)
        number = int(given.get("-b", given.get("-n", "0")), 16)
        if "-B" in given:
            if self.variable(f"Boot{number:04X}") is None:
                return Completed(15, "", "Could not delete variable: No such file or directory")
            self.drop_variable(f"Boot{number:04X}")
        if "--create-only" in given:
            if (given["--disk"], given["--part"]) != ("/dev/sda", "1") or len(rest) != 1:
                return Completed(5, "", "Could not prepare Boot variable")
            if not self.keeps_entries:
                return Completed(0, "", "")
            free = next(n for n in range(0xFFFF) if self.variable(f"Boot{n:04X}") is None)
            self.set_variable(
                f"Boot{free:04X}", _load_option(given["--label"], given["--loader"], rest[0].encode("utf-16-le"))
            )
        if "-N" in given:
            if self.variable("BootNext") is None:
                return Completed(10, "", "Could not delete BootNext: No such file or directory")
            self.drop_variable("BootNext")
        if "-n" in given:
            if self.variable(f"Boot{number:04X}") is None:
                return Completed(12, "", f"Boot entry {number:X} does not exist")
            self.set_variable("BootNext", struct.pack("<H", number))
        return Completed(0, "", "")


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    given, rest, left = {}, [], list(words)
    while left:
        word = left.pop(0)
        if word in ("-b", "-n", "--disk", "--part", "--label", "--loader"):
            given[word] = left.pop(0)
        elif word in ("-q", "-B", "-N", "--create-only", "--unicode"):
            given[word] = ""
        else:
            assert not word.startswith("-"), word
            rest.append(word)
    return given, rest


def _load_option(label: str, loader: str, optional: bytes) -> bytes:
    """EFI_LOAD_OPTION of the UEFI specification, 3.1.3; the path is the file's node and the end's."""
    name = (loader + "\0").encode("utf-16-le")
    path = struct.pack("<BBH", 4, 4, 4 + len(name)) + name + struct.pack("<BBH", 0x7F, 0xFF, 4)
    return struct.pack("<IH", 1, len(path)) + (label + "\0").encode("utf-16-le") + path + optional


def _read(option: bytes) -> tuple[str, str]:
    """The file and the optional data."""
    length = struct.unpack("<H", option[4:6])[0]
    label = option[6:].decode("utf-16-le", errors="replace").partition("\0")[0]
    start = 6 + 2 * (len(label) + 1)
    loader = option[start + 4 : start + length - 4].decode("utf-16-le").rstrip("\0")
    return loader, option[start + length :].decode("utf-16-le")
