from __future__ import annotations

import unittest
from unittest import mock

from ..errors import AgentError
from ..stage import State
from ..testing_service import with_service
from ..testing_tree import Machine, plan
from . import accounts, vfio_access


class VfioAccess(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), with_service(plan(), "podman")
        self.addCleanup(self.machine.remove)
        accounts.apply(self.machine.node(), self.plan)
        self.machine.file("/dev/vfio/vfio", "", 0o666)
        self.machine.file("/dev/vfio/7", "", 0o600)

    def node(self):
        return self.machine.node()

    def test_nodes_that_are_there_and_that_come_are_the_groups_and_go_back(self):
        before = self.machine.snapshot()
        vfio_access.apply(self.node(), self.plan)
        self.machine.function("0000:05:00.0", 30, "vfio-pci")
        self.assertEqual(vfio_access.check(self.node(), self.plan).state, State.OK)
        self.assertTrue(vfio_access.is_open_to(self.node(), "/dev/vfio/30", "pantheon"))
        self.assertEqual(self.machine.root.joinpath("dev/vfio/vfio").stat().st_mode & 0o777, 0o666)
        vfio_access.revert(self.node())
        after = self.machine.snapshot()
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertEqual(after["dev/vfio/30"], "file 600 0:0 ")

    def test_rights_that_somebody_else_gave_come_back(self):
        self.machine.root.joinpath("dev/vfio/7").chmod(0o666)
        before = self.machine.snapshot()
        vfio_access.apply(self.node(), self.plan)
        vfio_access.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_plan_without_a_group_takes_the_rule_away(self):
        before = self.machine.snapshot()
        vfio_access.apply(self.node(), self.plan)
        del self.plan["vfioGroup"]
        self.assertEqual(vfio_access.check(self.node(), self.plan).state, State.PARTIAL)
        vfio_access.apply(self.node(), self.plan)
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_rule_that_has_no_effect_is_an_error(self):
        with (
            mock.patch.object(vfio_access, "_UDEV_SECONDS", 0),
            mock.patch("dpdk_node_agent.testing_service.apply_rules"),
            self.assertRaisesRegex(AgentError, "udev did not give.*at /dev/vfio/7"),
        ):
            vfio_access.apply(self.node(), self.plan)


if __name__ == "__main__":
    unittest.main()
