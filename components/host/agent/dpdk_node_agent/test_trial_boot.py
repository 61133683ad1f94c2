"""Trial boots from the first converge to the way back, on a machine in a folder."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import trial
from .cmdline import lacking
from .converge import converge
from .errors import AgentError, Refused, Retry
from .node import Node
from .revert import revert_all
from .testing_machine import Machine, plan, running

ASKED = ["intel_iommu=on", "iommu=pt", "hugepagesz=2M", "hugepages=0:128,1:128", "isolcpus=managed_irq,domain,2-3"]
NO_FACTS = mock.patch("dpdk_node_agent.converge.refuse_impossible", lambda node, asked: None)


class TrialBoot(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        NO_FACTS.start()
        self.addCleanup(NO_FACTS.stop)
        self.machine = Machine(Path(folder.name))
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
        self.assertFalse([token for token in running(self.machine) if token.startswith(("panic", "dpdk_fleet", "systemd"))])

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
            with self.assertRaisesRegex(AgentError, rf"the trial boot failed \({attempt} of 2\).*kills=this: the trial kernel panicked"):
                self.converge_with_boots(asked)
            self.assertNotIn("kills=this", running(self.machine))
            self.assertEqual(self.machine.snapshot("/etc", "/boot"), self.before)
        with self.assertRaisesRegex(Refused, "failed 2 trial boots.*forget-trials"):
            self.machine.node() and self._refuse(asked)
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
        self.machine.write("/etc/default/grub.d/50-mine.cfg", f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {" ".join(ASKED)}"\n')
        self.machine.run(["update-grub"], 1, "")
        self.machine.boot()
        before = self.machine.snapshot("/etc", "/boot")
        _, boots = self.converge_with_boots(plan(ASKED))
        self.assertEqual(boots, 0)
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_the_operators_own_argument_is_refused_with_its_file_and_nothing_is_changed(self) -> None:
        self.machine.write("/etc/default/grub.d/50-mine.cfg", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet isolcpus=1"\n')
        self.machine.run(["update-grub"], 1, "")
        before = self.machine.snapshot("/etc", "/boot")
        with self.assertRaisesRegex(Refused, r"/etc/default/grub.d/50-mine.cfg, found isolcpus=1; take it out there"):
            self._refuse(plan(ASKED))
        self.assertEqual(self.machine.snapshot("/etc", "/boot"), before)

    def test_the_operators_same_argument_is_not_written_twice(self) -> None:
        self.machine.write("/etc/default/grub.d/50-mine.cfg", 'GRUB_CMDLINE_LINUX="console=ttyS0 iommu=pt"\n')
        self.machine.run(["update-grub"], 1, "")
        self.converge_with_boots(plan(ASKED))
        self.machine.boot()
        self.assertEqual(running(self.machine).count("iommu=pt"), 1)

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
        self.machine._grub_probe = lambda words: __import__("dpdk_node_agent.node").node.Completed(0, "diskfilter mdraid1x\n", "")
        with self.assertRaisesRegex(Refused, "would repeat for ever.*diskfilter mdraid1x"):
            self._refuse(plan(ASKED))


class Cut(BaseException):
    """The power goes."""


def node_that_is_cut(machine: Machine, at: int, before: bool) -> Node:
    """A node whose effect number `at` is its last one, or is the first that does not happen."""
    count = 0
    node = machine.node()

    def watched(effect):
        def wrapped(*arguments, **named):
            nonlocal count
            count += 1
            if count == at and before:
                raise Cut
            answer = effect(*arguments, **named)
            if count == at:
                raise Cut
            return answer

        return wrapped

    for name in ("run", "write_file", "write_value", "make_folder", "link", "remove"):
        object.__setattr__(node, name, watched(getattr(node, name)))
    return node


class PowerCut(unittest.TestCase):
    """The power goes between any two effects, at any time; a plain converge goes on, and revert gives all back."""

    def setUp(self) -> None:
        NO_FACTS.start()
        self.addCleanup(NO_FACTS.stop)

    def walk(self, reboots_when_cut: bool, phase: str) -> None:
        at, ended = 0, False
        while not ended:
            at += 1
            with tempfile.TemporaryDirectory() as folder, self.subTest(effect=at):
                ended = self.cut_at(Machine(Path(folder)), at, reboots_when_cut, phase)
        self.assertGreater(at, 10)

    def cut_at(self, machine: Machine, at: int, reboots_when_cut: bool, phase: str) -> bool:
        asked = plan(ASKED, ["dpdk-dev"])
        before = machine.snapshot("/etc", "/boot")
        if phase != "trial":
            go_on(machine, asked, machine.node(), until_reboots=1)
        if phase == "revert":
            go_on(machine, asked, machine.node())
        node = node_that_is_cut(machine, at, before=False)
        ended = True
        try:
            revert_all(node, 1) if phase == "revert" else go_on(machine, asked, node, until_reboots=1)
        except Cut:
            ended = False
        if reboots_when_cut:
            machine.boot()
        if phase != "revert":
            answer = go_on(machine, asked, machine.node())
            self.assertEqual(answer["stages"]["kernel-arguments"], "ok")
            self.assertLessEqual(answer["reboots"], 2)
            machine.boot()
            self.assertEqual(lacking(running(machine), ASKED), [])
        revert_all(machine.node(), 1)
        self.assertEqual(machine.snapshot("/etc", "/boot"), before)
        self.assertEqual(machine.path("/var/lib/dpkg/status").read_text(), "libc6\n")
        machine.boot()
        self.assertNotIn("iommu=pt", running(machine))
        return ended

    def test_while_a_trial_is_staged_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="trial")

    def test_while_a_trial_is_staged_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="trial")

    def test_while_the_arguments_are_promoted_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="promotion")

    def test_while_the_arguments_are_promoted_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="promotion")

    def test_while_everything_is_reverted_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="revert")

    def test_while_everything_is_reverted_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="revert")


def go_on(machine: Machine, asked: dict, node: Node, until_reboots: int = 9) -> dict:
    """Converges over reboots, as the operator's side does; stops after so many of them."""
    for _ in range(until_reboots):
        try:
            return converge(node, json.dumps(asked), 5, lambda line: None)
        except Retry:
            machine.boot()
        except AgentError as failed:
            if "the trial boot failed" not in failed.line():
                raise
    return {}


if __name__ == "__main__":
    unittest.main()
