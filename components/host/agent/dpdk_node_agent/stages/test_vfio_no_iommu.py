"""vfio-pci without an IOMMU: only by name, said aloud, and given back."""

from __future__ import annotations

import json
import unittest

from .. import planfile
from ..boot import boot
from ..errors import Refused
from ..stage import State
from ..testing_layout import PF
from ..testing_service import with_service
from ..testing_tree import Killed, Machine, plan
from ..vfio import require_unused
from . import boot_unit, modules, nic_binding, vfio_no_iommu

STAGES = (modules, vfio_no_iommu, boot_unit, nic_binding)


class WithoutIommu(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = self.prepared(), self.asked()

    def prepared(self) -> Machine:
        machine = Machine()
        self.addCleanup(machine.remove)
        machine.remove_iommu()
        return machine

    @staticmethod
    def asked() -> dict:
        nic = {"name": "data0", "pci": PF, "mac": "52:54:00:d0:00:01", "driver": "igb"}
        return {**plan(), "vfioNoIommu": True, "nics": [{**nic, "bind": "vfio-pci", "virtualFunctions": []}]}

    def node(self):
        return self.machine.node()

    def test_a_nic_is_bound_without_iommu_and_everything_comes_back(self):
        before = self.machine.snapshot()
        for stage in STAGES:
            stage.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.assertEqual(self.node().names("/dev/vfio"), ["noiommu-0"])
        for stage in STAGES:
            self.assertEqual(stage.check(self.node(), self.plan).state, State.OK, stage.NAME)
        for stage in reversed(STAGES):
            stage.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_without_the_word_for_it_nothing_is_bound_and_no_mode_is_changed(self):
        del self.plan["vfioNoIommu"]
        self.assertEqual(vfio_no_iommu.explain(self.node(), self.plan), [])
        for stage in (modules, nic_binding):
            with self.assertRaisesRegex(Refused, "no IOMMU is at work"):
                stage.apply(self.node(), self.plan)

    def test_the_taint_is_said_before_anything_is_done(self):
        modules.apply(self.node(), self.plan)
        lines = vfio_no_iommu.explain(self.node(), self.plan) + nic_binding.explain(self.node(), self.plan)
        self.assertEqual([line for line in lines if "tainted" in line], lines)
        self.assertEqual(len(lines), 2)

    def test_a_machine_with_an_iommu_is_not_made_unsafe(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        modules.apply(self.node(), self.plan)
        node = self.node()
        with self.assertRaisesRegex(Refused, "an IOMMU is at work.*2 IOMMU groups; take kernel.vfioNoIommu out"):
            vfio_no_iommu.apply(node, self.plan)
        self.assertEqual(node.effects, 0)

    def test_a_kernel_without_the_mode_is_one_clear_line(self):
        with self.assertRaisesRegex(Refused, "no no-IOMMU mode.*CONFIG_VFIO_NOIOMMU"):
            vfio_no_iommu.apply(self.node(), self.plan)

    def test_the_group_that_vfio_makes_for_a_bound_nic_is_not_taken_for_an_iommu(self):
        for stage in STAGES:
            stage.apply(self.node(), self.plan)
        vfio_no_iommu.apply(self.node(), self.plan)
        del self.plan["vfioNoIommu"]
        self.assertEqual(modules.check(self.node(), self.plan).state, State.PARTIAL)

    def test_a_process_that_has_the_nic_open_is_found_by_the_device_s_other_name(self):
        for stage in STAGES:
            stage.apply(self.node(), self.plan)
        folder = self.machine.root / "proc/77/fd"
        folder.mkdir(parents=True)
        (folder / "9").symlink_to("/dev/vfio/noiommu-0")
        with self.assertRaisesRegex(Refused, "process 77 with /dev/vfio/noiommu-0 open"):
            require_unused(self.node(), PF)

    def test_a_reboot_loses_mode_and_binding_and_the_boot_unit_puts_both_back(self):
        for stage in STAGES:
            stage.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        self.machine.reboot_without_binding(PF)
        self.machine.file(vfio_no_iommu.PARAMETER, "N\n")
        self.assertEqual(boot(self.node()), 0)
        self.assertEqual(nic_binding.check(self.node(), self.plan).state, State.OK)

    def test_a_later_plan_that_does_not_ask_for_it_turns_it_off(self):
        modules.apply(self.node(), self.plan)
        before = self.machine.snapshot()
        vfio_no_iommu.apply(self.node(), self.plan)
        del self.plan["vfioNoIommu"]
        self.assertEqual(vfio_no_iommu.check(self.node(), self.plan).state, State.PARTIAL)
        vfio_no_iommu.apply(self.node(), self.plan)
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_service_without_capabilities_is_refused_before_anything_changes(self):
        asked = {**with_service(plan(), "native"), "vfioNoIommu": True}
        asked.pop("image", None)
        with self.assertRaisesRegex(Refused, "service cannot drive a NIC without IOMMU: it has no capabilities"):
            planfile.parse(json.dumps(asked))

    def test_killed_before_any_effect_it_converges_and_reverts(self):
        for verb in ("apply", "revert"):
            at, ended = 0, False
            while not ended:
                at += 1
                machine = self.prepared()
                modules.apply(machine.node(), self.plan)
                before = machine.snapshot()
                if verb == "revert":
                    vfio_no_iommu.apply(machine.node(), self.plan)
                node, ended = machine.node(kill_at=at), True
                try:
                    vfio_no_iommu.apply(node, self.plan) if verb == "apply" else vfio_no_iommu.revert(node)
                except Killed:
                    ended = False
                with self.subTest(verb=verb, effect=at):
                    if verb == "apply":
                        vfio_no_iommu.apply(machine.node(), self.plan)
                        self.assertEqual(vfio_no_iommu.check(machine.node(), self.plan).state, State.OK)
                    vfio_no_iommu.revert(machine.node())
                    self.assertEqual(machine.snapshot(), before)
            self.assertGreater(at, 3)


if __name__ == "__main__":
    unittest.main()
