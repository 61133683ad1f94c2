"""Every stage, killed before each of its effects in turn: apply again converges, and revert leaves no trace."""

from __future__ import annotations

import importlib
import unittest

from .stage import State
from .testing_tree import Killed, Machine, plan

STAGES = ("modules", "hugepages", "hugepage_mounts", "sysctl", "files", "boot_unit", "virtual_functions", "nic_binding")


def stage(name: str):
    return importlib.import_module(f".stages.{name}", __package__)


def prepared(name: str) -> Machine:
    """A machine on which the stages before this one have done their work."""
    machine = Machine()
    for earlier in STAGES[: STAGES.index(name)]:
        stage(earlier).apply(machine.node(), plan())
    return machine


def effects_of(name: str, verb: str) -> int:
    machine = prepared(name)
    node = machine.node()
    stage(name).apply(node, plan())
    if verb == "revert":
        node = machine.node()
        stage(name).revert(node)
    machine.remove()
    return node.effects


class StagesSurviveKills(unittest.TestCase):
    def test_apply_killed_before_any_effect_converges_when_it_runs_again(self):
        for name in STAGES:
            for k in range(1, effects_of(name, "apply") + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name)
                    before = machine.snapshot()
                    with self.assertRaises(Killed):
                        stage(name).apply(machine.node(kill_at=k), plan())
                    stage(name).apply(machine.node(), plan())
                    self._confirm(machine, name)
                    self.assertEqual(stage(name).check(machine.node(), plan()).state, State.OK)
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_revert_after_a_killed_apply_leaves_no_trace(self):
        for name in STAGES:
            for k in range(1, effects_of(name, "apply") + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name)
                    before = machine.snapshot()
                    with self.assertRaises(Killed):
                        stage(name).apply(machine.node(kill_at=k), plan())
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_revert_killed_before_any_effect_ends_its_work_when_it_runs_again(self):
        for name in STAGES:
            for k in range(1, effects_of(name, "revert") + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name)
                    before = machine.snapshot()
                    stage(name).apply(machine.node(), plan())
                    with self.assertRaises(Killed):
                        stage(name).revert(machine.node(kill_at=k))
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_a_second_apply_has_no_effect(self):
        for name in STAGES:
            with self.subTest(stage=name):
                machine = prepared(name)
                stage(name).apply(machine.node(), plan())
                again = machine.node()
                stage(name).apply(again, plan())
                self.assertEqual(again.effects, 0)
                self.assertEqual(stage(name).explain(again, plan()), [])
                machine.remove()

    def test_explain_and_check_have_no_effect_before_apply(self):
        for name in STAGES:
            with self.subTest(stage=name):
                machine = prepared(name)
                node, before = machine.node(), machine.snapshot()
                self.assertIn(stage(name).check(node, plan()).state, (State.ABSENT, State.PARTIAL))
                self.assertNotEqual(stage(name).explain(node, plan()), [])
                self.assertEqual((node.effects, machine.snapshot()), (0, before))
                machine.remove()

    def test_all_stages_together_are_put_back_in_reverse_order_byte_for_byte(self):
        machine = Machine()
        before = machine.snapshot()
        for name in STAGES:
            stage(name).apply(machine.node(), plan())
        self._confirm(machine, "nic_binding")
        for name in reversed(STAGES):
            stage(name).revert(machine.node())
        self.assertEqual(machine.snapshot(), before)
        self.assertEqual(machine.node().names("/var/lib/dpdk-fleet/saved"), [])
        machine.remove()

    def _confirm(self, machine: Machine, name: str) -> None:
        if name == "nic_binding":
            stage(name).confirm(machine.node())
            self.assertEqual(machine.timers, {})


if __name__ == "__main__":
    unittest.main()
