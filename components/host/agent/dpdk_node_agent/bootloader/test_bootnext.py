"""Trial boots by the firmware, where GRUB cannot write its environment."""

from __future__ import annotations

import json
import struct
import unittest
from unittest import mock

from ..cmdline import lacking
from ..converge import converge
from ..errors import AgentError, Refused, Retry
from ..revert import revert_all
from ..stages import kernel_arguments
from ..testing_machine import ASKED, no_facts, plan, running, scratch
from ..testing_uefi import INITRD, KERNEL, UefiMachine
from . import efi

_PLACES = ("/etc", "/boot", efi.VARIABLES)


class BootNext(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = UefiMachine(scratch(self))
        self.before = self.machine.snapshot(*_PLACES)

    def converge(self, asked: dict) -> dict:
        return converge(self.machine.node(), json.dumps(asked), 5, lambda line: None)

    def stage(self, asked: list[str]) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(asked))

    def refused(self, words: str, asked: dict | None = None) -> None:
        with self.assertRaisesRegex(Refused, words):
            kernel_arguments.refuse_impossible(self.machine.node(), asked or plan(ASKED))
        self.assertFalse(self.machine.path("/boot/efi/EFI/dpdk-fleet").exists())

    def test_a_trial_is_booted_once_by_the_firmware_and_then_written_for_good_through_grub(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertIn("initrd=\\EFI\\dpdk-fleet\\initrd0.img", running(self.machine))
        self.assertIn("root=UUID=1234", running(self.machine))
        answer = self.converge(plan(ASKED))
        self.assertEqual((answer["stages"]["kernel-arguments"], answer["reboots"]), ("ok", 1))
        self.assertEqual(self.machine.snapshot(efi.VARIABLES), self._only(self.before, efi.VARIABLES))
        self.assertFalse(self.machine.path("/boot/efi/EFI/dpdk-fleet").exists())
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertTrue(running(self.machine)[0].startswith("BOOT_IMAGE="))
        self.assertFalse([token for token in running(self.machine) if token.startswith(("panic", "dpdk_fleet"))])

    def test_while_it_is_staged_grub_and_the_boot_order_are_as_before(self) -> None:
        self.stage(ASKED)
        self.assertEqual(self.machine.variable("BootOrder"), struct.pack("<H", 0))
        self.assertEqual(self.machine.variable("BootNext"), struct.pack("<H", 1))
        for source, copy in ((KERNEL, "linux.efi"), (INITRD, "initrd0.img")):
            copied = self.machine.path(f"/boot/efi/EFI/dpdk-fleet/{copy}").read_bytes()
            self.assertEqual(copied, self.machine.path(source).read_bytes())
        self.assertFalse(self.machine.path("/boot/grub/custom.cfg").exists())
        self.assertNotIn("next_entry", self.machine.path("/boot/grub/grubenv").read_text())

    def test_revert_of_a_staged_trial_leaves_no_trace(self) -> None:
        self.stage(ASKED)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))

    def test_copies_that_cannot_be_reached_are_not_said_to_be_gone(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        there = self.machine.path("/proc/self/mounts").read_text()
        self.machine.mounts("/dev/md0 / ext4 rw 0 0\n")
        self.machine.path("/boot/efi").rename(self.machine.path("/boot/esp"))
        with self.assertRaisesRegex(AgentError, "not mounted"):
            self.converge(plan(ASKED))
        self.machine.path("/boot/esp").rename(self.machine.path("/boot/efi"))
        self.machine.mounts(there)
        self.assertEqual(self.converge(plan(ASKED))["stages"]["kernel-arguments"], "ok")
        self.assertFalse(self.machine.path("/boot/efi/EFI/dpdk-fleet").exists())

    def test_revert_gives_etc_boot_and_the_firmwares_variables_back_byte_for_byte(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        self.converge(plan(ASKED))
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)

    def test_a_kernel_that_panics_is_left_by_itself(self) -> None:
        self.stage([*ASKED, "kills=this"])
        self.machine.boot()
        self.assertIn("kills=this", self.machine.tried[-2])
        self.assertNotIn("kills=this", running(self.machine))
        with self.assertRaisesRegex(AgentError, r"the trial boot failed \(1 of 2\).*panicked"):
            self.converge(plan([*ASKED, "kills=this"]))
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)

    def test_a_firmware_that_does_not_take_it_is_said(self) -> None:
        self.machine.takes_boot_next = False
        self.stage(ASKED)
        self.machine.boot()
        with self.assertRaisesRegex(AgentError, "the firmware did not boot the one-shot entry"):
            self.converge(plan(ASKED))
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)

    def test_a_firmware_that_throws_the_entry_away_is_said(self) -> None:
        self.machine.keeps_entries = False
        with self.assertRaisesRegex(AgentError, "did not keep the one-shot boot entry.*0 entries called"):
            self.converge(plan(ASKED))

    def test_secure_boot_is_refused_with_its_remedy(self) -> None:
        self.machine.set_variable("SecureBoot", b"\x01")
        self.refused("Secure Boot is on.*turn Secure Boot off")

    def test_too_little_space_is_refused_with_both_numbers(self) -> None:
        with mock.patch.object(efi, "free_bytes", lambda node, folder: 3 * 1024 * 1024):
            self.refused("/boot/efi has 3 MiB left and the trial needs 4")

    def test_a_missing_efibootmgr_is_refused_unless_the_plan_installs_it(self) -> None:
        self.machine.path("/usr/bin/efibootmgr").unlink()
        self.refused("efibootmgr is not installed; name efibootmgr under packages")
        kernel_arguments.refuse_impossible(self.machine.node(), plan(ASKED, ["efibootmgr"]))

    def test_a_partition_that_is_not_mounted_or_lies_on_a_mirror_is_refused(self) -> None:
        self.machine.mounts("/dev/md0 / ext4 rw 0 0\n")
        self.refused("no EFI system partition of a plain disk")
        self.machine.mounts("/dev/md127 /boot/efi vfat rw 0 0\n")
        self.refused("no EFI system partition of a plain disk")

    def test_another_one_time_boot_is_not_taken_away(self) -> None:
        self.machine.set_variable("BootNext", struct.pack("<H", 0))
        self.refused("BootNext is 0000 already")

    def test_a_kernel_without_an_efi_stub_is_refused(self) -> None:
        self.machine.write(KERNEL, "\x1f\x8b")
        self.refused("built without an EFI stub")

    def test_what_only_grub_can_read_is_refused_and_the_handoff_of_a_screen_is_left_out(self) -> None:
        self.machine.write("/etc/default/grub.d/50.cfg", "GRUB_CMDLINE_LINUX='console=ttyS0 $vt_handoff'\n")
        self.machine.update_grub()
        self.stage(ASKED)
        self.machine.boot()
        self.assertNotIn("$vt_handoff", running(self.machine))
        revert_all(self.machine.node(), 1)
        self.machine.write("/etc/default/grub.d/50.cfg", "GRUB_CMDLINE_LINUX='console=ttyS0 $extra'\n")
        self.machine.update_grub()
        self.machine.boot()
        self.refused(r"only GRUB can read \$extra")

    def test_where_grub_can_write_the_firmware_has_no_part_in_it(self) -> None:
        self.machine.abstraction = ""
        self.stage(ASKED)
        self.assertIsNone(self.machine.variable("BootNext"))
        self.assertFalse([line for line in self.machine.commands if line.startswith("efibootmgr")])

    def test_a_menu_that_reads_no_custom_entries_is_no_hindrance(self) -> None:
        self.machine.abstraction = ""
        menu = self.machine.path("/boot/grub/grub.cfg")
        menu.write_text(menu.read_text().replace("custom.cfg", "other.cfg"))
        self.stage(ASKED)
        self.assertEqual(self.machine.variable("BootNext"), struct.pack("<H", 1))

    def test_nothing_to_do_asks_no_command_and_writes_nothing(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        self.converge(plan(ASKED))
        before, self.machine.commands = self.machine.snapshot("/"), []
        self.converge(plan(ASKED))
        self.assertEqual((self.machine.snapshot("/"), self.machine.commands), (before, []))

    @staticmethod
    def _only(snapshot: dict[str, str], folder: str) -> dict[str, str]:
        return {name: value for name, value in snapshot.items() if name.startswith(folder.lstrip("/") + "/")}


if __name__ == "__main__":
    unittest.main()
