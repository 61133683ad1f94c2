"""Trial boots from the first converge to the way back, on a machine in a folder."""

from __future__ import annotations

import json
import unittest

from . import trial
from .cmdline import lacking
from .converge import converge
from .errors import AgentError, Refused, Retry
from .revert import revert_all
from .testing_machine import ASKED, Machine, no_facts, plan, running, scratch


class TrialBoot(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = Machine(scratch(self))
        self.before = self.machine.snapshot("/etc", "/boot")

    def converge(self, asked: dict) -> dict:
        return converge(self.machine.node(), json.dumps(asked), 5, lambda line: None)

    def converge_with_boots(self, asked: dict) -> tuple[dict, int]:
        """What the operator's side does: asks again after each reboot. Answers the reboots too."""
        for boots in range(3):
            try:
                return self.converge(asked), boots
            except Retry as again:
                self.assertEqual(again.reason, "reboot")
                self.assertTrue(self.machine.asked_for_reboot)
                self.machine.boot()
        raise AssertionError("it never ends")

    def test_new_arguments_take_exactly_one_reboot_and_stay_for_the_next_boots(self) -> None:
        answer, boots = self.converge_with_boots(plan(ASKED, ["dpdk-dev"]))
        self.assertEqual((boots, answer["reboots"]), (1, 1))
        self.assertEqual(answer["stages"]["kernel-arguments"], "ok")
        self.machine.boot()
        self.assertEqual(lacking(running(self.machine), ASKED), [])
        self.assertFalse(
            [token for token in running(self.machine) if token.startswith(("panic", "dpdk_fleet", "systemd"))]
        )

    def test_nothing_to_do_writes_nothing(self) -> None:
        self.converge_with_boots(plan(ASKED))
        before, self.machine.commands = self.machine.snapshot("/"), []
        self.converge(plan(ASKED))
        self.assertEqual(self.machine.snapshot("/"), before)
        self.assertEqual(self.machine.commands, [])

    def test_revert_gives_etc_and_boot_back_byte_for_byte(self) -> None:
        self.converge_with_boots(plan(ASKED, ["dpdk-dev"]))
        said = revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)
        self.assertIn(f"reboot: kernel arguments {' '.join(ASKED)} stay until the next boot", said)
        self.assertIn("packages purged: dpdk-dev libdpdk-dev", said)

    def test_revert_of_a_staged_trial_leaves_no_trace_and_the_next_boot_is_the_old_one(self) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(ASKED))
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)
        self.machine.boot()
        self.assertNotIn("intel_iommu=on", running(self.machine))

    def test_the_answer_stays_reboot_until_the_node_has_rebooted(self) -> None:
        for _ in range(3):
            with self.assertRaisesRegex(Retry, "trial boot"):
                self.converge(plan(ASKED))
        self.assertEqual(trial.remembered(self.machine.node()).reboots, 1)

    def test_arguments_that_kill_the_kernel_leave_the_previous_one_and_fail_with_the_reason(self) -> None:
        asked = plan([*ASKED, "kills=this"])
        for attempt in (1, 2):
            with self.assertRaisesRegex(
                AgentError, rf"the trial boot failed \({attempt} of 2\).*kills=this: the trial kernel panicked"
            ):
                self.converge_with_boots(asked)
            self.assertNotIn("kills=this", running(self.machine))
            self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)
        with self.assertRaisesRegex(Refused, "failed 2 trial boots.*forget-trials"):
            self._refuse(asked)
        trial.forget_failures(self.machine.node())
        self._refuse(asked)

    def _refuse(self, asked: dict) -> None:
        from .stages import kernel_arguments

        kernel_arguments.refuse_impossible(self.machine.node(), asked)

    def test_corrected_arguments_go_through_after_a_failed_trial(self) -> None:
        with self.assertRaises(AgentError):
            self.converge_with_boots(plan(["kills=this"]))
        _, boots = self.converge_with_boots(plan(ASKED))
        self.assertEqual(boots, 1)

    def test_a_deadline_that_passed_is_told_from_a_panic(self) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(ASKED))
        self.machine.boot()
        self.machine.write("/var/lib/dpdk-fleet/trial-deadline-passed", "")
        self.machine.boot()
        with self.assertRaisesRegex(AgentError, "nothing reached it over SSH before its deadline"):
            self.converge(plan(ASKED))

    def test_changed_arguments_replace_the_owned_ones_in_trial_and_menu(self) -> None:
        self.converge_with_boots(plan(ASKED))
        changed = ["intel_iommu=on", "isolcpus=managed_irq,domain,3"]
        with self.assertRaises(Retry):
            self.converge(plan(changed))
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))
        self.assertNotIn("isolcpus=managed_irq,domain,2-3", running(self.machine))
        self.converge(plan(changed))
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))
        self.assertEqual(lacking(running(self.machine), changed), [])
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)

    def test_an_argument_that_is_not_asked_any_more_takes_a_reboot_too(self) -> None:
        self.converge_with_boots(plan(ASKED))
        _, boots = self.converge_with_boots(plan(ASKED[:2]))
        self.assertEqual(boots, 1)
        self.assertEqual(trial.remembered(self.machine.node()).reboots, 2)

    def test_other_arguments_while_a_trial_is_staged_drop_it(self) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(["kills=this"]))
        self.machine.path("/run/dpdk-fleet/reboot.json").unlink()  # as if the reboot had not been staged yet
        _, boots = self.converge_with_boots(plan(ASKED))
        self.assertEqual(boots, 1)

    def test_arguments_set_by_hand_need_no_reboot_and_no_write(self) -> None:
        self.machine.write(
            "/etc/default/grub.d/50-mine.cfg", f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {" ".join(ASKED)}"\n'
        )
        self.machine.update_grub()
        self.machine.boot()
        before = self.machine.snapshot("/etc", "/boot")
        _, boots = self.converge_with_boots(plan(ASKED))
        self.assertEqual(boots, 0)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_arguments_in_an_entry_of_the_operators_own_are_enough_where_it_is_the_default(self) -> None:
        self.machine.write("/etc/default/grub", "GRUB_DEFAULT=mine\n")
        self.machine.update_grub()
        menu = self.machine.path("/boot/grub/grub.cfg")
        mine = f"menuentry 'Mine' --id mine {{\n\tlinux\t/boot/vmlinuz-6.1.0-56-amd64 root=/dev/sda1 {' '.join(ASKED)}\n}}\n"
        menu.write_text(menu.read_text() + f"### BEGIN /etc/grub.d/40_custom ###\n{mine}")
        self.machine.boot()
        before = self.machine.snapshot("/etc", "/boot")
        _, boots = self.converge_with_boots(plan(ASKED))
        self.assertEqual((boots, self.machine.snapshot("/etc", "/boot")), (0, before))

    def test_the_operators_own_argument_is_refused_with_its_file_and_nothing_is_changed(self) -> None:
        self.machine.write("/etc/default/grub.d/50-mine.cfg", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet isolcpus=1"\n')
        self.machine.update_grub()
        before = self.machine.snapshot("/etc", "/boot")
        with self.assertRaisesRegex(Refused, r"/etc/default/grub.d/50-mine.cfg, found isolcpus=1; take it out there"):
            self._refuse(plan(ASKED))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_the_operators_same_argument_is_not_written_twice(self) -> None:
        self.machine.write("/etc/default/grub.d/50-mine.cfg", 'GRUB_CMDLINE_LINUX="console=ttyS0 iommu=pt"\n')
        self.machine.update_grub()
        self.converge_with_boots(plan(ASKED))
        self.machine.boot()
        self.assertEqual(running(self.machine).count("iommu=pt"), 1)

    def test_a_line_that_the_kernel_would_cut_is_refused_before_anything_is_changed(self) -> None:
        """The fleet file's bound leaves room for the boot loader's own line; an operator's may be longer than that."""
        self.machine.write("/etc/default/grub.d/50-mine.cfg", f'GRUB_CMDLINE_LINUX_DEFAULT="{"x" * 1500}"\n')
        self.machine.update_grub()
        before = self.machine.snapshot("/etc", "/boot")
        cpus = ",".join(map(str, range(2, 180, 2)))
        with self.assertRaisesRegex(Refused, r"command line would be too long.*of 2047; write CPU lists as ranges"):
            self.converge(plan([f"isolcpus={cpus}", f"nohz_full={cpus}"]))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)
        self.assertFalse(self.machine.asked_for_reboot)

    def test_an_operators_custom_menu_stays_as_it_is(self) -> None:
        self.machine.write("/boot/grub/custom.cfg", "menuentry 'mine' {\n\tlinux /mine\n}")  # no newline at its end
        before = self.machine.snapshot("/etc", "/boot")
        with self.assertRaises(Retry):
            self.converge(plan(ASKED))
        self.machine.boot()
        self.converge(plan(ASKED))
        self.assertEqual(self.machine.path("/boot/grub/custom.cfg").read_text(), "menuentry 'mine' {\n\tlinux /mine\n}")
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_a_menu_edited_by_hand_comes_back_as_it_was(self) -> None:
        menu = self.machine.path("/boot/grub/grub.cfg")
        menu.write_text(menu.read_text() + "# by hand\n")
        before = self.machine.snapshot("/etc", "/boot")
        self.converge_with_boots(plan(ASKED))
        revert_all(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_a_node_whose_boot_loader_cannot_write_is_refused(self) -> None:
        self.machine.abstraction = "diskfilter mdraid1x"
        with self.assertRaisesRegex(Refused, "would repeat for ever.*diskfilter mdraid1x"):
            self._refuse(plan(ASKED))

    def test_a_kernel_that_came_since_stays_in_the_menu_on_the_way_back(self) -> None:
        self.converge_with_boots(plan(ASKED))
        self.machine.write("/boot/vmlinuz-6.1.0-57-amd64", "")
        said = revert_all(self.machine.node(), 1)
        self.assertIn("generated anew", " ".join(said))
        self.machine.boot()
        self.assertNotIn("iommu=pt", running(self.machine))

    def test_settings_that_do_not_reach_the_menu_leave_the_old_menu(self) -> None:
        self.machine.write("/etc/default/grub.d/zzz.cfg", 'GRUB_CMDLINE_LINUX="console=ttyS0"\n')
        before = self.machine.snapshot("/boot")
        with self.assertRaisesRegex(AgentError, "the generated default entry is not the asked one.*no intel_iommu=on"):
            self.converge_with_boots(plan(ASKED))
        self.assertEqual(self.machine.snapshot("/boot")["boot/grub/grub.cfg"], before["boot/grub/grub.cfg"])
        self.assertFalse(self.machine.path("/etc/default/grub.d/zz-dpdk-fleet.cfg").exists())

    def test_a_one_shot_entry_that_grub_did_not_take_is_said_and_taken_away(self) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(ASKED))
        environment = self.machine.path("/boot/grub/grubenv").read_text()
        self.machine.boot()
        self.machine.write("/boot/grub/grubenv", environment)
        self.machine.write("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz root=UUID=1234 ro console=ttyS0 quiet\n")
        with self.assertRaisesRegex(AgentError, "GRUB did not boot the one-shot entry"):
            self.converge(plan(ASKED))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)
