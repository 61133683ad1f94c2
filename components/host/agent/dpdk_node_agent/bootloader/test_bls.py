"""GRUB with boot loader specification entries, on files as Rocky Linux 9 and RHEL 8 have them. Never on a machine."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from ..cmdline import lacking, tokens
from ..converge import converge
from ..errors import AgentError, Refused, Retry
from ..revert import revert_all
from ..stage import State
from ..stages import kernel_arguments
from ..testing_bls import ENTRIES, KERNEL, LINE, MACHINE, NEWER, RESCUE, BlsMachine, updated
from ..testing_machine import ASKED, no_facts, plan, running, scratch
from ..testing_uefi import UefiMachine
from . import inherited
from .efi import VARIABLES

PAIRS = ["default_hugepagesz=1G", "hugepagesz=1G", "hugepages=2", "hugepagesz=2M", "hugepages=64"]


class BlsMachineWithUefi(UefiMachine, BlsMachine):
    """Rocky Linux with /boot on a mirror."""

    def __init__(self, root: Path):
        super().__init__(root)
        self.write(f"/boot/vmlinuz-{KERNEL}", "MZ the kernel")
        self.write(f"/boot/initramfs-{KERNEL}.img", "the ramdisk")


def accepted(arguments: list[str]) -> dict:
    asked = plan(arguments)
    asked["acceptUnproved"] = ["bls"]
    return asked


class Bls(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.use(BlsMachine(scratch(self)))

    def use(self, machine: BlsMachine) -> None:
        self.machine = machine
        self.before = machine.snapshot("/etc", "/boot")

    def converge(self, asked: list[str]) -> dict:
        return converge(self.machine.node(), json.dumps(accepted(asked)), 5, lambda line: None)

    def stage(self, asked: list[str]) -> None:
        with self.assertRaises(Retry):
            self.converge(asked)

    def promote(self, asked: list[str]) -> dict:
        self.stage(asked)
        self.machine.boot()
        return self.converge(asked)

    def check(self, asked: list[str] = ASKED):
        return kernel_arguments.check(self.machine.node(), accepted(asked))

    def options(self, release: str = KERNEL) -> list[str]:
        return tokens(self.machine.options(f"{MACHINE}-{release}"))

    def defaults(self) -> list[str]:
        return inherited.defaults_say(self.machine.path("/etc/default/grub").read_text())

    def test_without_the_fleet_files_yes_it_is_refused_with_that_sentence(self) -> None:
        with self.assertRaisesRegex(Refused, r"recorded files only.*with acceptUnproved: \[bls\]"):
            kernel_arguments.refuse_impossible(self.machine.node(), plan(ASKED))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_a_trial_is_an_entry_of_our_own_that_is_booted_once_and_sorts_behind_all_others(self) -> None:
        self.stage(ASKED)
        self.assertEqual(self.machine.names()[-1], f"{MACHINE}-0-dpdktrial")
        self.assertEqual(self.machine.environment()["next_entry"], f"{MACHINE}-0-dpdktrial")
        self.assertEqual(self.machine.environment()["saved_entry"], f"{MACHINE}-{KERNEL}")
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))

    def test_what_ran_well_is_in_every_normal_entry_and_in_what_kernels_to_come_inherit(self) -> None:
        answer = self.promote(ASKED)
        self.assertEqual((answer["stages"]["kernel-arguments"], answer["reboots"]), ("ok", 1))
        self.assertEqual(self.options()[-len(ASKED) :], ASKED)
        self.assertIn("$tuned_params", self.options())
        self.assertEqual(self.defaults()[-len(ASKED) :], ASKED)
        self.assertEqual(
            self.machine.path("/etc/kernel/cmdline").read_text(),
            f"root=/dev/mapper/rl-root ro {LINE} {' '.join(ASKED)}\n",
        )
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertFalse([token for token in running(self.machine) if token.startswith(("panic", "dpdk_fleet"))])

    def test_a_rescue_entry_is_never_touched(self) -> None:
        rescue = self.machine.path(f"{ENTRIES}/{RESCUE}.conf")
        before = rescue.read_bytes()
        self.promote(ASKED)
        self.assertEqual(rescue.read_bytes(), before)

    def test_the_line_is_the_one_that_grubby_makes(self) -> None:
        before = self.machine.options(f"{MACHINE}-{KERNEL}")
        self.promote(PAIRS)
        self.assertEqual(self.options(), tokens(updated(before, " ".join(PAIRS), "")))

    def test_a_line_that_is_only_in_grubs_own_program_is_never_taken_for_an_empty_one(self) -> None:
        """RHEL 8's grub.cfg has a value for $kernelopts where the environment block has none; kernels to come would
        inherit a line without a root file system."""
        self.use(BlsMachine(scratch(self), kernelopts=True))
        self.machine.write("/proc/cmdline", f"root=/dev/mapper/rl-root ro {' '.join(ASKED)}\n")
        self.machine.set_environment(kernelopts=None)
        before = self.machine.snapshot("/etc", "/boot")
        with self.assertRaisesRegex(Refused, r"\$kernelopts.*grub2-editenv"):
            kernel_arguments.apply(self.machine.node(), accepted(ASKED))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_revert_gives_etc_and_boot_back_byte_for_byte(self) -> None:
        for staged_only in (True, False):
            with self.subTest(staged_only=staged_only):
                self.use(BlsMachine(scratch(self)))
                self.stage(ASKED) if staged_only else self.promote(ASKED)
                revert_all(self.machine.node(), 1)
                self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_a_kernel_that_panics_is_left_by_itself(self) -> None:
        self.stage([*ASKED, "kills=this"])
        self.machine.boot()
        with self.assertRaisesRegex(AgentError, r"the trial boot failed \(1 of 2\)"):
            self.converge([*ASKED, "kills=this"])
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_changed_arguments_take_the_place_of_the_old_ones_and_no_token_stands_twice(self) -> None:
        self.promote(ASKED)
        changed = ["intel_iommu=on", "isolcpus=managed_irq,domain,3"]
        self.promote(changed)
        self.assertEqual(self.options()[-2:], changed)
        self.assertNotIn("iommu=pt", self.options())
        self.assertEqual(len(set(self.options())), len(self.options()))
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_a_kernel_that_is_installed_later_inherits_them(self) -> None:
        self.promote(ASKED)
        self.machine.kernel_install(NEWER)
        self.assertEqual(self.check().state, State.OK)
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        revert_all(self.machine.node(), 1)
        self.assertFalse(set(ASKED) & set(self.options(NEWER)))

    def test_a_kernel_that_came_without_them_is_partial_and_converge_mends_it_without_a_reboot(self) -> None:
        self.promote(ASKED)
        self.machine.path("/etc/kernel/cmdline").write_text(f"root=/dev/mapper/rl-root ro {LINE}\n")
        self.machine.kernel_install(NEWER)
        found = self.check()
        self.assertEqual(found.state, State.PARTIAL)
        self.assertRegex(found.saw, f"no intel_iommu=on.*{NEWER}")
        self.assertEqual(self.converge(ASKED)["reboots"], 1)
        self.assertEqual(self.options(NEWER)[-len(ASKED) :], ASKED)

    def test_a_kernel_that_is_not_the_default_is_looked_at_too(self) -> None:
        self.promote(ASKED)
        inherited_line = self.machine.path("/etc/kernel/cmdline").read_text()
        self.machine.write("/etc/kernel/cmdline", f"root=/dev/mapper/rl-root ro {LINE}\n")
        self.machine.kernel_install(NEWER)
        self.machine.write("/etc/kernel/cmdline", inherited_line)
        self.machine.set_environment(saved_entry=f"{MACHINE}-{KERNEL}")
        found = self.check()
        self.assertEqual(found.state, State.PARTIAL)
        self.assertIn(NEWER, found.saw)

    def test_a_kernel_that_is_installed_while_a_trial_runs_keeps_no_mark_of_it(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        self.machine.kernel_install(NEWER)
        self.assertIn("dpdk_fleet.trial", " ".join(self.options(NEWER)))
        self.assertEqual(self.check().state, State.PARTIAL)
        self.assertEqual(self.converge(ASKED)["stages"]["kernel-arguments"], "ok")
        for release in (KERNEL, NEWER):
            self.assertEqual(lacking(self.options(release), ASKED), [])
            self.assertFalse([t for t in self.options(release) if t.startswith(("dpdk_fleet", "panic", "systemd."))])
        revert_all(self.machine.node(), 1)
        self.assertFalse(set(ASKED) & set(self.options(NEWER)))

    def test_a_kernel_whose_installation_began_in_the_trial_and_ended_after_it_loses_its_marks_too(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        read = self.machine.path("/proc/cmdline").read_text()  # by kernel-install, before anything is written for good
        self.converge(ASKED)
        inherited_line = self.machine.path("/etc/kernel/cmdline").read_text()
        self.machine.write("/etc/kernel/cmdline", read)
        self.machine.kernel_install(NEWER)
        self.machine.write("/etc/kernel/cmdline", inherited_line)
        self.assertEqual(lacking(self.options(NEWER), ASKED), [])
        self.assertRegex(self.check().saw, f"the marks of a trial in it .*{NEWER}")
        self.assertEqual(self.converge(ASKED)["reboots"], 1)
        self.assertNotIn("dpdk_fleet", " ".join(self.options(NEWER)))

    def test_grubby_of_the_operators_is_respected_on_the_way_back(self) -> None:
        self.promote(ASKED)
        self.machine.grubby_all(args="audit=1")
        self.assertEqual(self.check().state, State.OK)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.options()[-1], "audit=1")
        for line in (
            self.options(),
            tokens(self.machine.path("/etc/kernel/cmdline").read_text()),
            self.defaults(),
        ):
            self.assertIn("audit=1", line)
            self.assertFalse(set(ASKED) & set(line))

    def test_grubby_while_a_trial_is_staged_leaves_no_mark_in_what_kernels_inherit(self) -> None:
        self.stage(ASKED)
        self.machine.grubby_all(args="audit=1")  # takes /etc/kernel/cmdline from the last entry, the trial's
        self.assertIn("dpdk_fleet.trial", self.machine.path("/etc/kernel/cmdline").read_text())
        self.machine.boot()
        self.converge(ASKED)
        self.assertNotIn("dpdk_fleet", self.machine.path("/etc/kernel/cmdline").read_text())

    def test_the_operators_own_argument_is_refused_with_its_file(self) -> None:
        for path, what in (
            (f"{ENTRIES}/{MACHINE}-{KERNEL}.conf", lambda text: text.replace("$tuned_params", "isolcpus=1")),
            ("/etc/default/grub", lambda text: text.replace("crashkernel", "isolcpus=1 crashkernel")),
            ("/etc/kernel/cmdline", lambda _: "root=/dev/mapper/rl-root isolcpus=1\n"),
        ):
            self.use(BlsMachine(scratch(self)))
            place = self.machine.path(path)
            self.machine.write(path, what(place.read_text() if place.exists() else ""))
            before = self.machine.snapshot("/etc", "/boot")
            with self.assertRaisesRegex(Refused, f"{path}, found isolcpus=1"):
                kernel_arguments.refuse_impossible(self.machine.node(), accepted(ASKED))
            self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_the_operators_same_argument_is_not_written_twice_and_stays(self) -> None:
        self.machine.grubby_all(args="iommu=pt")
        self.use(self.machine)
        self.promote(ASKED)
        self.assertEqual(self.options().count("iommu=pt"), 1)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_rhel_8_keeps_its_variable_and_gets_ours_beside_it(self) -> None:
        self.use(BlsMachine(scratch(self), kernelopts=True))
        self.promote(ASKED)
        self.assertEqual(self.options()[0], "$kernelopts")
        self.assertNotIn("iommu", self.machine.environment()["kernelopts"])
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertIn("root=/dev/mapper/rl-root", running(self.machine))
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_an_environment_on_the_esp_is_written_through_its_link(self) -> None:
        block = self.machine.path("/boot/grub2/grubenv")
        self.machine.write("/boot/efi/EFI/redhat/grubenv", block.read_text())
        block.unlink()
        block.symlink_to("../efi/EFI/redhat/grubenv")
        self.use(self.machine)
        self.promote(ASKED)
        self.assertTrue(block.is_symlink())
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_where_grub_cannot_write_and_the_firmware_is_no_uefi_it_is_refused(self) -> None:
        self.machine.abstraction = "lvm"
        with self.assertRaisesRegex(Refused, "GRUB cannot boot an entry exactly once.*lies on lvm"):
            kernel_arguments.refuse_impossible(self.machine.node(), accepted(ASKED))

    def test_where_grub_cannot_write_the_firmware_boots_the_trial(self) -> None:
        self.use(BlsMachineWithUefi(scratch(self)))
        before = self.machine.snapshot(VARIABLES)
        self.stage(ASKED)
        self.assertNotIn("next_entry", self.machine.environment())
        self.machine.boot()
        self.assertIn("initrd=\\EFI\\dpdk-fleet\\initrd0.img", running(self.machine))
        self.assertFalse([token for token in running(self.machine) if "$" in token])
        self.converge(ASKED)
        self.assertEqual(self.options()[-len(ASKED) :], ASKED)
        self.assertEqual(self.machine.snapshot(VARIABLES), before)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_a_trial_that_would_come_first_in_the_menu_is_refused(self) -> None:
        place = self.machine.path(f"{ENTRIES}/{MACHINE}-{KERNEL}.conf")
        place.rename(place.with_name("fedora.conf"))
        self.machine.path(f"{ENTRIES}/{RESCUE}.conf").unlink()
        self.machine.set_environment(saved_entry=None)
        with self.assertRaisesRegex(Refused, "would come first in the menu"):
            kernel_arguments.refuse_impossible(self.machine.node(), accepted(ASKED))

    def test_entries_of_another_system_in_the_same_folder_are_left_alone(self) -> None:
        other = f"{ENTRIES}/ffff-6.9.1-200.fc40.conf"
        self.machine.write(other, "title Fedora\nlinux /vmlinuz-6.9.1\noptions root=UUID=other ro\n")
        before = self.machine.path(other).read_bytes()
        self.promote(ASKED)
        self.assertEqual(self.machine.path(other).read_bytes(), before)

    def test_arguments_that_run_by_hand_need_no_yes_and_no_write(self) -> None:
        self.machine.grubby_all(args=" ".join(ASKED))
        self.machine.boot()
        before = self.machine.snapshot("/etc", "/boot")
        converge(self.machine.node(), json.dumps(plan(ASKED)), 5, lambda line: None)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)


if __name__ == "__main__":
    unittest.main()
