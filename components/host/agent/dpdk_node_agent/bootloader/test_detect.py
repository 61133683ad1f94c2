"""Which boot loaders are taken, and on what GRUB cannot write."""

from __future__ import annotations

import unittest

from ..errors import Refused
from ..node import Completed, Node
from ..testing_machine import ASKED, Machine, plan, scratch
from ..testing_uefi import UefiMachine
from .detect import describe, kind_of, loader_of, one_shot_of, refuse


def refuse_unless_one_shot(node: Node, asked: dict | None = None) -> None:
    """What the stage does before it changes anything."""
    asked = asked or plan(ASKED)
    loader = loader_of(node, asked)
    if loader is None:
        refuse(node, asked)
    one_shot_of(node, loader).refuse_unless_possible(node, asked, loader.default_entry(node))


class BootLoader(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine(scratch(self))

    def test_grub_on_a_plain_partition_is_taken(self) -> None:
        refuse_unless_one_shot(self.machine.node())
        self.assertEqual(
            describe(self.machine.node()),
            {
                "kind": "grub",
                "config": "/boot/grub/grub.cfg",
                "environmentWritable": True,
                "oneShot": "grubonce",
                "reason": "",
            },
        )

    def test_others_are_refused_by_their_name(self) -> None:
        for path, text, name in (
            ("/run/ostree-booted", "", "ostree"),
            (
                "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
                "\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0",
                "systemd-boot",
            ),
            ("/boot/loader/entries/a.conf", "", "boot loader specification"),
            ("/boot/grub2/grub.cfg", "", "boot loader specification"),
        ):
            machine = Machine(scratch(self))
            machine.write(path, text)
            with self.assertRaisesRegex(Refused, name):
                refuse_unless_one_shot(machine.node())

    def test_ostree_is_refused_with_what_sets_arguments_there(self) -> None:
        self.machine.write("/run/ostree-booted", "")
        with self.assertRaisesRegex(Refused, "found ostree; set them with `rpm-ostree kargs` or, for bootc"):
            refuse_unless_one_shot(self.machine.node())

    def test_a_generated_menu_of_grub2_is_refused_by_its_name_whatever_the_fleet_file_accepts(self) -> None:
        self.machine.write("/boot/grub2/grub.cfg", "menuentry 'openSUSE' {\n}\n")
        asked = plan(ASKED)
        asked["acceptUnproved"] = ["bls", "systemd-boot"]
        with self.assertRaisesRegex(Refused, "GRUB 2 with a generated menu"):
            refuse_unless_one_shot(self.machine.node(), asked)

    def test_the_facts_say_when_the_firmware_would_boot_a_trial(self) -> None:
        machine = UefiMachine(scratch(self))
        found = describe(machine.node())
        self.assertEqual((found["environmentWritable"], found["oneShot"]), (False, "bootnext"))
        machine.set_variable("SecureBoot", b"\x01")
        self.assertIsNone(describe(machine.node())["oneShot"])

    def test_no_boot_loader_at_all_is_refused(self) -> None:
        self.machine.path("/boot/grub/grub.cfg").unlink()
        self.assertEqual(kind_of(self.machine.node()), "no known boot loader")

    def test_what_grub_cannot_write_is_refused_with_what_it_lies_on(self) -> None:
        self.machine.abstraction = "diskfilter mdraid1x"
        with self.assertRaisesRegex(Refused, "repeat for ever.*diskfilter mdraid1x"):
            refuse_unless_one_shot(self.machine.node())

    def test_a_file_system_that_grub_only_reads_is_refused(self) -> None:
        node = self.machine.node()
        node.runner = lambda argv, timeout, stdin: Completed(0, "btrfs\n" if argv[1] == "--target=fs" else "", "")
        with self.assertRaisesRegex(Refused, "lies on btrfs"):
            refuse_unless_one_shot(node)

    def test_what_cannot_be_told_is_refused(self) -> None:
        node = self.machine.node()
        node.runner = lambda argv, timeout, stdin: Completed(1, "", "grub-probe: error: disk not found")
        with self.assertRaisesRegex(Refused, "could not tell.*disk not found"):
            refuse_unless_one_shot(node)

    def test_a_menu_without_custom_entries_is_refused(self) -> None:
        menu = self.machine.path("/boot/grub/grub.cfg")
        menu.write_text(menu.read_text().replace("custom.cfg", "other.cfg"))
        with self.assertRaisesRegex(Refused, "41_custom"):
            refuse_unless_one_shot(self.machine.node())


if __name__ == "__main__":
    unittest.main()
