"""A new kernel comes between trial and promotion, or later; and a kernel that drops what it was given."""

from __future__ import annotations

import json
import unittest

from .cmdline import lacking
from .converge import converge
from .errors import AgentError, Refused, Retry
from .revert import revert_all
from .stage import State
from .stages import kernel_arguments
from .testing_machine import ASKED, Machine, no_facts, plan, running, scratch

OLD, NEW = "6.1.0-56-amd64", "6.1.0-57-amd64"
_MENU = "/boot/grub/grub.cfg"


class KernelUpdates(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = Machine(scratch(self))

    def converge(self, asked: dict | None = None) -> dict:
        return converge(self.machine.node(), json.dumps(asked or plan(ASKED)), 5, lambda line: None)

    def trial(self) -> None:
        with self.assertRaises(Retry):
            self.converge()
        self.machine.boot()

    def install(self, release: str = NEW) -> None:
        """A kernel package, whose scripts run update-grub."""
        self.machine.write(f"/boot/vmlinuz-{release}", "")
        self.machine.update_grub()

    def check(self):
        return kernel_arguments.check(self.machine.node(), plan(ASKED))

    def test_a_kernel_that_comes_between_trial_and_promotion_gets_them_too(self) -> None:
        self.trial()
        self.install()
        found = self.check()
        self.assertEqual(found.state, State.PARTIAL)
        self.assertRegex(found.saw, "not written for good yet: the boot entry is not right: no intel_iommu=on")
        self.assertEqual(self.converge()["reboots"], 1)
        self.machine.boot()
        self.assertEqual(running(self.machine)[0], f"BOOT_IMAGE=/boot/vmlinuz-{NEW}")
        self.assertEqual(lacking(running(self.machine), ASKED), [])

    def test_a_kernel_that_comes_later_inherits_them(self) -> None:
        self.trial()
        self.converge()
        self.install()
        self.assertEqual(self.check().state, State.OK)
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])

    def test_a_menu_that_was_made_without_them_is_partial_and_converge_mends_it_without_a_reboot(self) -> None:
        before = self.machine.path(_MENU).read_text()
        self.trial()
        self.converge()
        self.machine.path(_MENU).write_text(before)  # an image tool that knows no drop-in
        self.assertEqual(self.check().state, State.PARTIAL)
        self.assertEqual(self.converge()["reboots"], 1)
        self.assertEqual(self.check().state, State.OK)

    def test_an_entry_that_is_not_the_default_is_looked_at_too(self) -> None:
        self.install()
        self.trial()
        self.converge()
        menu = self.machine.path(_MENU)
        line = next(row for row in menu.read_text().split("\n") if f"linux\t/boot/vmlinuz-{OLD}" in row)
        menu.write_text(menu.read_text().replace(line, line.replace(" iommu=pt", "")))
        found = self.check()
        self.assertEqual(found.state, State.PARTIAL)
        self.assertRegex(found.saw, f"no iommu=pt in it, which is .*{OLD}")
        self.converge()
        self.assertEqual(self.check().state, State.OK)

    def test_the_operators_own_entries_are_not_looked_at(self) -> None:
        menu = self.machine.path(_MENU)
        self.trial()
        self.converge()
        own = "### BEGIN /etc/grub.d/40_custom ###\nmenuentry 'mine' {\n\tlinux /boot/vmlinuz-mine root=UUID=1234\n}\n"
        menu.write_text(menu.read_text() + own)
        self.assertEqual(self.check().state, State.OK)

    def test_a_cloud_images_file_that_replaces_the_default_line_does_not_lose_them(self) -> None:
        self.machine.write(
            "/etc/default/grub.d/50-cloudimg-settings.cfg", 'GRUB_CMDLINE_LINUX_DEFAULT="console=tty1 console=ttyS0"\n'
        )
        self.machine.update_grub()
        self.trial()
        self.converge()
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertIn("console=tty1", running(self.machine))

    def test_neither_a_file_that_replaces_the_other_line_nor_one_that_is_read_after_ours_loses_them(self) -> None:
        """Of the two lines an image's file may replace either, and a hoster's file may have any name."""
        for name, line in (("50-image", 'GRUB_CMDLINE_LINUX="console=tty1"'), ("zzz", 'GRUB_CMDLINE_LINUX_DEFAULT=""')):
            with self.subTest(name):
                self.machine = Machine(scratch(self))
                self.machine.write(f"/etc/default/grub.d/{name}.cfg", f"{line}\n")
                self.machine.update_grub()
                self.trial()
                self.converge()
                self.machine.boot()
                self.assertEqual(lacking(running(self.machine), ASKED), [])

    def test_an_argument_that_the_kernel_drops_fails_the_trial_and_does_not_reboot_for_ever(self) -> None:
        for attempt in (1, 2):
            with self.assertRaises(Retry):
                self.converge()
            self.machine.boot()
            line = self.machine.path("/proc/cmdline")
            line.write_text(line.read_text().replace(" iommu=pt", ""))
            with self.assertRaisesRegex(AgentError, rf"failed \({attempt} of 2\).*runs without iommu=pt"):
                self.converge()
            self.machine.boot()
        with self.assertRaisesRegex(Refused, "failed 2 trial boots"):
            kernel_arguments.refuse_impossible(self.machine.node(), plan(ASKED))

    def test_the_same_pairs_of_hugepages_in_another_order_are_not_what_is_asked(self) -> None:
        pairs = ["hugepagesz=1G", "hugepages=2", "hugepagesz=2M", "hugepages=64"]
        with self.assertRaises(Retry):
            self.converge(plan(pairs))
        self.machine.boot()
        line = self.machine.path("/proc/cmdline")
        line.write_text(line.read_text().replace(" ".join(pairs), " ".join(pairs[2:] + pairs[:2])))
        with self.assertRaisesRegex(AgentError, "runs without hugepagesz=1G hugepages=2"):
            self.converge(plan(pairs))

    def test_a_kernel_that_came_since_stays_without_them_after_revert(self) -> None:
        self.trial()
        self.converge()
        self.install()
        revert_all(self.machine.node(), 1)
        self.machine.boot()
        self.assertEqual(running(self.machine)[0], f"BOOT_IMAGE=/boot/vmlinuz-{NEW}")
        self.assertNotIn("iommu=pt", running(self.machine))


if __name__ == "__main__":
    unittest.main()
