"""Variables as OVMF (edk2 2022.11) and efibootmgr 17 wrote them on a machine of QEMU's, read through efivarfs."""

from __future__ import annotations

import unittest
from pathlib import Path

from ..node import Node
from ..secureboot import secure_boot
from ..testing_machine import scratch
from . import efi

_RECORDED = {
    "BootNext": "07000000 0400",
    "SecureBoot": "06000000 00",
    "BootOrder": "07000000 0000010002000300",
    # HD(1,MBR,0xbe1afdfa,0x3f,0xfbfc1)/File(\EFI\dpdk-fleet\linux.efi), then the first of the kernel's arguments.
    "Boot0004": (
        "07000000 01000000 6600 640070006400 6b002d0066006c006500650074002000 74007200690061006c000000"
        "04012a00 010000003f00000000000000c1bf0f0000000000fafd1abe000000000000000000000000 0101"
        "04043800 5c0045004600490 05c00640070006400 6b002d0066006c00650065007400 5c006c0069006e00"
        "750078002e006500660069000000 7fff0400 69006e0069007400720064003d00"
    ),
}


class Variables(unittest.TestCase):
    def setUp(self) -> None:
        self.node = Node(scratch(self))
        folder = Path(self.node.path(efi.VARIABLES))
        folder.mkdir(parents=True)
        for name, digits in _RECORDED.items():
            (folder / f"{name}-{efi.GLOBAL}").write_bytes(bytes.fromhex(digits.replace(" ", "")))
        (folder / f"BootOptionSupport-{efi.GLOBAL}").write_bytes(b"\6\0\0\0\3\3\0\0")

    def test_an_entry_is_found_by_its_label_and_known_as_the_next_boot(self) -> None:
        self.assertEqual(efi.entries_called(self.node, "dpdk-fleet trial"), ["0004"])
        self.assertEqual(efi.entries_called(self.node, "dpdk-fleet"), [])
        self.assertEqual(efi.next_boot(self.node), "0004")

    def test_secure_boot_is_on_where_its_variable_says_so(self) -> None:
        self.assertFalse(secure_boot(self.node))
        self.node.path(f"{efi.VARIABLES}/SecureBoot-{efi.GLOBAL}").write_bytes(b"\6\0\0\0\1")
        self.assertTrue(secure_boot(self.node))

    def test_a_machine_without_variables_was_not_booted_by_uefi(self) -> None:
        self.assertTrue(efi.is_booted(self.node))
        self.assertFalse(efi.is_booted(Node(scratch(self))))


if __name__ == "__main__":
    unittest.main()
