"""Every stage, killed before each of its effects in turn: apply again converges, and revert leaves no trace."""

from __future__ import annotations

import importlib
import unittest
from typing import Callable

from . import stages
from .stage import State
from .testing_build import part_of_archive, ready_for_build
from .testing_kubelet import ready_for_kubelet, with_kubelet
from .testing_registry import FakeRegistry, program_layer
from .testing_service import PODMAN_IMAGE, ready_for_service, with_service
from .testing_tuning import with_tuning
from .testing_tree import Killed, Machine, plan as example

ALL = tuple(name.replace("-", "_") for name in stages.RUN)
# No other stage needs what these do, so the others are tried without it: each try makes a machine of its own.
ALONE = {
    "systemd_affinity",
    "irqbalance",
    "workqueues",
    "governor",
    "idle_states",
    "transparent_hugepages",
    "clocksource",
    "irqs",
    "kubelet",
}


def stage(name: str):
    return importlib.import_module(f".stages.{name}", __package__)


def machine_for_service() -> Machine:
    machine = Machine().with_tuning()
    ready_for_service(machine)
    ready_for_build(machine)
    ready_for_kubelet(machine)
    return machine


def prepared(name: str, plan: Callable[[], dict]) -> Machine:
    """A machine on which the stages before this one have done their work."""
    machine = machine_for_service()
    for earlier in ALL[: ALL.index(name)] if name in ALL and name not in ALONE else ():
        if earlier not in ALONE:
            stage(earlier).apply(machine.node(), plan())
    return machine


def effects_of(name: str, verb: str, plan: Callable[[], dict]) -> int:
    machine = prepared(name, plan)
    node = machine.node()
    stage(name).apply(node, plan())
    if verb == "revert":
        node = machine.node()
        stage(name).revert(node)
    machine.remove()
    return node.effects


class StagesSurviveKills(unittest.TestCase):
    """Every stage, with a data plane in podman."""

    # A machine with an IOMMU never goes without; stages/test_vfio_no_iommu.py kills that stage. A worker has no data plane of its own.
    names = tuple(name for name in ALL if name not in ("vfio_no_iommu", "kubelet"))
    runtime, reference = "podman", PODMAN_IMAGE

    def plan(self) -> dict:
        asked = with_service(example(), self.runtime, self.reference)
        asked["nics"][0]["settings"] = {
            "offloads": {"gro": False, "lro": False, "tso": False, "gso": True},
            "rings": {"rx": 4096, "tx": 4096},
            "channels": {"combined": 8},
            "pause": {"rx": False, "tx": False},
            "coalescing": {"rxUsecs": 0},
        }
        return with_tuning(asked)

    def test_apply_killed_before_any_effect_converges_when_it_runs_again(self):
        for name in self.names:
            for k in range(1, effects_of(name, "apply", self.plan) + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name, self.plan)
                    before = machine.snapshot()
                    with self.assertRaises(Killed):
                        stage(name).apply(machine.node(kill_at=k), self.plan())
                    stage(name).apply(machine.node(), self.plan())
                    self._confirm(machine, name)
                    self.assertEqual(stage(name).check(machine.node(), self.plan()).state, State.OK)
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_revert_after_a_killed_apply_leaves_no_trace(self):
        for name in self.names:
            for k in range(1, effects_of(name, "apply", self.plan) + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name, self.plan)
                    before = machine.snapshot()
                    with self.assertRaises(Killed):
                        stage(name).apply(machine.node(kill_at=k), self.plan())
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_revert_killed_before_any_effect_ends_its_work_when_it_runs_again(self):
        for name in self.names:
            for k in range(1, effects_of(name, "revert", self.plan) + 1):
                with self.subTest(stage=name, effect=k):
                    machine = prepared(name, self.plan)
                    before = machine.snapshot()
                    stage(name).apply(machine.node(), self.plan())
                    with self.assertRaises(Killed):
                        stage(name).revert(machine.node(kill_at=k))
                    stage(name).revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
                    machine.remove()

    def test_a_second_apply_has_no_effect(self):
        for name in self.names:
            with self.subTest(stage=name):
                machine = prepared(name, self.plan)
                stage(name).apply(machine.node(), self.plan())
                again = machine.node()
                stage(name).apply(again, self.plan())
                self.assertEqual(again.effects, 0)
                self.assertEqual(stage(name).explain(again, self.plan()), [])
                machine.remove()

    def test_explain_and_check_have_no_effect_before_apply(self):
        for name in self.names:
            with self.subTest(stage=name):
                machine = prepared(name, self.plan)
                node, before = machine.node(), machine.snapshot()
                self.assertIn(stage(name).check(node, self.plan()).state, (State.ABSENT, State.PARTIAL))
                self.assertNotEqual(stage(name).explain(node, self.plan()), [])
                self.assertEqual((node.effects, machine.snapshot()), (0, before))
                machine.remove()

    def test_all_stages_together_are_put_back_in_reverse_order_byte_for_byte(self):
        machine = machine_for_service()
        before = machine.snapshot()
        for name in ALL:
            stage(name).apply(machine.node(), self.plan())
        self._confirm(machine, "nic_binding")
        for name in reversed(ALL):
            stage(name).revert(machine.node())
        self.assertEqual(machine.snapshot(), before)
        self.assertEqual(machine.node().names("/var/lib/dpdk-fleet/saved"), [])
        machine.remove()

    def _confirm(self, machine: Machine, name: str) -> None:
        if name == "nic_binding":
            stage(name).confirm(machine.node())
            self.assertEqual(machine.timers, {})


class IrqbalanceOffSurvivesKills(StagesSurviveKills):
    """The other way in which irqbalance can be asked for."""

    names = ("irqbalance",)

    def plan(self) -> dict:
        return with_tuning(super().plan(), irqbalance="off")


class NativeStagesSurviveKills(StagesSurviveKills):
    """Those that know the runtime, with a data plane that is unpacked on the node from a registry."""

    names = ("image", "service")
    runtime = "native"

    @classmethod
    def setUpClass(cls) -> None:
        cls.registry = FakeRegistry()
        cls.reference = cls.registry.image(program_layer())

    @classmethod
    def tearDownClass(cls) -> None:
        cls.registry.close()


class KubeletSurvivesKills(StagesSurviveKills):
    """A worker of a cluster, whose kubelet runs before and after; one that was changed already, too."""

    names = ("kubelet",)

    def plan(self) -> dict:
        return with_kubelet(super().plan())

    def test_a_changed_plan_killed_before_any_effect_converges_when_it_runs_again(self):
        changed = with_kubelet(self.plan(), reservedSystemCPUs="0")
        for k in range(1, 30):
            with self.subTest(effect=k):
                machine = prepared("kubelet", self.plan)
                before = machine.snapshot()
                stage("kubelet").apply(machine.node(), self.plan())
                try:
                    stage("kubelet").apply(machine.node(kill_at=k), changed)
                    self.assertGreater(k, 5)
                    machine.remove()
                    return
                except Killed:
                    pass
                stage("kubelet").apply(machine.node(), changed)
                self.assertEqual(stage("kubelet").check(machine.node(), changed).state, State.OK)
                stage("kubelet").revert(machine.node())
                self.assertEqual(machine.snapshot(), before)
                machine.remove()


class DpdkSurvivesKills(StagesSurviveKills):
    """DPDK that is built on the node, in the boot phase and before all others."""

    names = ("dpdk",)

    def plan(self) -> dict:
        return {**super().plan(), "dpdk": part_of_archive()}


if __name__ == "__main__":
    unittest.main()
