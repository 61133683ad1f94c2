"""systemd-boot, on files as Debian's kernel-install makes them. Never on a machine."""

from __future__ import annotations

import json
import unittest

from ..cmdline import lacking
from ..converge import converge
from ..errors import AgentError, Refused, Retry
from ..revert import revert_all
from ..stage import State
from ..stages import kernel_arguments
from ..testing_bls import MACHINE, SystemdBootMachine
from ..testing_machine import ASKED, no_facts, plan, running, scratch
from .efi import LOADER, VARIABLES

_PLACES = ("/etc", "/boot")
_OLD, _NEW = "6.1.0-56-amd64", "6.1.0-57-amd64"


def accepted(arguments: list[str]) -> dict:
    asked = plan(arguments)
    asked["acceptUnproved"] = ["systemd-boot"]
    return asked


class SystemdBoot(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = SystemdBootMachine(scratch(self))
        self.before = self.machine.snapshot(*_PLACES)

    def converge(self, asked: list[str]) -> dict:
        return converge(self.machine.node(), json.dumps(accepted(asked)), 5, lambda line: None)

    def stage(self, asked: list[str]) -> None:
        with self.assertRaises(Retry):
            self.converge(asked)

    def promote(self, asked: list[str]) -> dict:
        self.stage(asked)
        self.machine.boot()
        return self.converge(asked)

    def check(self):
        return kernel_arguments.check(self.machine.node(), accepted(ASKED))

    def refused(self, words: str, asked: dict | None = None) -> None:
        before = self.machine.snapshot(*_PLACES, VARIABLES)
        with self.assertRaisesRegex(Refused, words):
            kernel_arguments.refuse_impossible(self.machine.node(), asked or accepted(ASKED))
        self.assertEqual(self.machine.snapshot(*_PLACES, VARIABLES), before)

    def text(self, release: str, counter: str = "") -> str:
        return self.machine.path(f"{self.machine.entries}/{MACHINE}-{release}{counter}.conf").read_text()

    def test_without_the_fleet_files_yes_it_is_refused_with_that_sentence(self) -> None:
        self.refused(r"recorded files only.*with acceptUnproved: \[systemd-boot\]", plan(ASKED))

    def test_a_trial_is_booted_once_and_then_written_into_the_entries_and_for_kernels_to_come(self) -> None:
        self.stage(ASKED)
        self.assertEqual(self.machine._text("LoaderEntryOneShot"), f"{MACHINE}-0-dpdktrial.conf")
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertEqual(self.converge(ASKED)["stages"]["kernel-arguments"], "ok")
        self.assertIn(f"options root=UUID=1234 ro quiet {' '.join(ASKED)}\n", self.text(_OLD))
        self.assertEqual(
            self.machine.path("/etc/kernel/cmdline").read_text(), f"root=UUID=1234 ro quiet {' '.join(ASKED)}\n"
        )
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertFalse([token for token in running(self.machine) if token.startswith(("panic", "dpdk_fleet"))])
        self.assertIsNone(self.machine.variable("LoaderEntryOneShot", LOADER))

    def test_the_trial_never_is_the_default(self) -> None:
        self.stage(ASKED)
        self.machine.drop_variable("LoaderEntryOneShot", LOADER)
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))

    def test_revert_gives_everything_back_byte_for_byte(self) -> None:
        self.stage(ASKED)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)
        self.assertIsNone(self.machine.variable("LoaderEntryOneShot", LOADER))
        self.machine.boot()
        self.promote(ASKED)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)

    def test_a_kernel_that_panics_is_left_by_itself(self) -> None:
        self.stage([*ASKED, "kills=this"])
        self.machine.boot()
        with self.assertRaisesRegex(AgentError, r"the trial boot failed \(1 of 2\)"):
            self.converge([*ASKED, "kills=this"])
        self.assertEqual(self.machine.snapshot(*_PLACES), self.before)

    def test_an_entry_whose_name_counts_boots_is_the_same_one_when_its_name_changes(self) -> None:
        self.machine.kernel_install(_NEW, "+3")
        before = self.text(_NEW, "+3")
        self.machine.boot()
        self.promote(ASKED)
        self.assertIn("iommu=pt", self.text(_NEW, "+2-1"))
        self.machine.boot()
        self.machine.bless()
        self.assertEqual(self.check().state, State.OK)
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.text(_NEW), before)

    def test_a_kernel_that_is_installed_later_inherits_them_and_one_that_lacks_them_is_partial(self) -> None:
        self.promote(ASKED)
        self.machine.kernel_install(_NEW)
        self.assertEqual(self.check().state, State.OK)
        self.machine.path("/etc/kernel/cmdline").write_text("root=UUID=1234 ro quiet\n")
        self.machine.kernel_install("6.1.0-58-amd64")
        self.assertEqual(self.check().state, State.PARTIAL)
        self.assertEqual(self.converge(ASKED)["reboots"], 1)
        self.assertIn("iommu=pt", self.text("6.1.0-58-amd64"))

    def test_a_kernel_that_is_installed_while_a_trial_runs_keeps_no_mark_of_it(self) -> None:
        self.stage(ASKED)
        self.machine.boot()
        self.machine.kernel_install(_NEW)
        self.assertIn("dpdk_fleet.trial", self.text(_NEW))
        self.converge(ASKED)
        self.assertNotIn("dpdk_fleet.trial", self.text(_NEW))
        self.assertIn("iommu=pt", self.text(_OLD))

    def test_a_default_that_follows_what_was_booted_last_is_refused(self) -> None:
        self.machine.write("/boot/efi/loader/loader.conf", "default @saved\n")
        self.refused("boots what was booted last")

    def test_a_default_pattern_is_followed_and_never_matches_the_trial_first(self) -> None:
        self.machine.write("/boot/efi/loader/loader.conf", f"default {MACHINE}-*\n")
        self.machine.kernel_install(_NEW)
        self.promote(ASKED)
        self.assertIn("iommu=pt", self.text(_NEW))
        self.machine.write("/boot/efi/loader/loader.conf", "default *-0-*\n")
        self.machine.boot()
        self.refused("would be the default", accepted(["intel_iommu=on"]))

    def test_a_unified_kernel_image_is_refused(self) -> None:
        self.machine.set_text("LoaderEntrySelected", "debian-6.1.efi")
        self.refused("unified kernel image.*debian-6.1.efi")

    def test_another_one_time_boot_is_not_taken_away(self) -> None:
        self.machine.set_text("LoaderEntryOneShot", "auto-reboot-to-firmware-setup")
        self.refused("auto-reboot-to-firmware-setup is asked for once already")


if __name__ == "__main__":
    unittest.main()
