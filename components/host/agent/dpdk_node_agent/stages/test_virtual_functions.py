from __future__ import annotations

import unittest
from unittest import mock

from ..boot import boot
from ..errors import AgentError, Refused
from ..stage import State
from ..testing_layout import PF, UPLINK, VFS
from ..testing_tree import Machine, plan
from . import boot_unit, nic_binding, virtual_functions


class VirtualFunctions(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def node(self):
        return self.machine.node()

    def refused(self, pattern: str) -> None:
        before, node = self.machine.snapshot(), self.node()
        with self.assertRaisesRegex(Refused, pattern):
            virtual_functions.apply(node, self.plan)
        self.assertEqual((node.effects, self.machine.snapshot()), (0, before))

    def test_the_physical_function_is_up_before_there_are_functions_and_before_they_get_addresses(self):
        order = []
        node = self.node()
        real_run, real_write = node.run, node.write_value
        node.run = lambda *argv, **more: (order.append(" ".join(argv)), real_run(*argv, **more))[1]
        node.write_value = lambda path, text: (
            order.append(f"{path.rpartition('/')[2]}={text}"),
            real_write(path, text),
        )[1]
        virtual_functions.apply(node, self.plan)
        self.assertEqual(
            order,
            [
                "ip link set enp1s0 up",
                "sriov_drivers_autoprobe=0",
                "sriov_numvfs=2",
                "ip link set enp1s0 vf 0 mac 52:54:00:d1:00:01",
                "ip link set enp1s0 vf 1 mac 52:54:00:d1:01:01",
            ],
        )

    def test_the_kernels_own_driver_gets_no_function(self):
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual([self.node().link_name(f"/sys/bus/pci/devices/{pci}/driver") for pci in VFS], [None, None])

    def test_a_function_without_address_in_the_plan_keeps_the_one_it_has(self):
        del self.plan["nics"][0]["virtualFunctions"][1]["mac"]
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual(self.machine.macs, {0: "52:54:00:d1:00:01", 1: "de:ad:00:00:00:01"})
        self.assertEqual(virtual_functions.check(self.node(), self.plan).state, State.OK)

    def test_a_card_that_an_earlier_plan_has_bound_whole_is_given_back_first(self):
        whole = {**self.plan, "nics": [{**self.plan["nics"][0], "bind": "vfio-pci", "virtualFunctions": []}]}
        nic_binding.apply(self.node(), whole)
        nic_binding.confirm(self.node())
        self.assertEqual(virtual_functions.check(self.node(), self.plan).state, State.ABSENT)
        virtual_functions.apply(self.node(), self.plan)
        nic_binding.apply(self.node(), self.plan)
        nic_binding.confirm(self.node())
        for stage in (virtual_functions, nic_binding):
            self.assertEqual(stage.check(self.node(), self.plan).state, State.OK)
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{PF}/driver"), "igb")

    def test_a_function_of_a_bond_is_trusted_and_may_have_taken_the_others_address(self):
        first, second = self.plan["nics"][0]["virtualFunctions"]
        virtual_functions.apply(self.node(), self.plan)
        second["trust"] = True
        self.assertIn("function 1: trust off, asked on", virtual_functions.check(self.node(), self.plan).saw)
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual(self.machine.trusted, {1})
        self.machine.macs[1] = first["mac"]
        self.assertEqual(virtual_functions.check(self.node(), self.plan).state, State.OK)
        self.machine.macs[0] = second["mac"]  # nobody trusts this one
        self.assertEqual(virtual_functions.check(self.node(), self.plan).state, State.PARTIAL)
        del second["trust"]
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual((self.machine.trusted, list(self.machine.macs.values())), (set(), [first["mac"], second["mac"]]))

    def test_trust_that_an_operator_gave_before_comes_back(self):
        self.machine.set_functions(2)
        self.machine.trusted = {0}
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual(self.machine.trusted, set())
        virtual_functions.revert(self.node())
        self.assertEqual(self.machine.trusted, {0})

    def test_another_number_goes_over_zero(self):
        virtual_functions.apply(self.node(), self.plan)
        self.plan["nics"][0]["virtualFunctions"].pop()
        virtual_functions.apply(self.node(), self.plan)
        self.assertEqual(len(self.machine.macs), 1)

    def test_functions_that_were_there_before_come_back_in_number_and_address(self):
        self.machine.set_functions(1)
        self.machine.macs[0] = "52:54:00:00:00:09"
        virtual_functions.apply(self.node(), self.plan)
        virtual_functions.revert(self.node())
        self.assertEqual(self.machine.macs, {0: "52:54:00:00:00:09"})
        self.assertEqual(self.node().link_name(f"/sys/bus/pci/devices/{VFS[0]}/driver"), "igbvf")

    def test_the_number_is_not_changed_while_a_function_is_in_use(self):
        virtual_functions.apply(self.node(), self.plan)
        self.plan["nics"][0]["virtualFunctions"].pop()
        folder = self.machine.root / "proc/77/fd"
        folder.mkdir(parents=True)
        (folder / "9").symlink_to("/dev/vfio/21")
        self.refused("in use.*process 77")

    def test_the_card_that_carries_ssh_is_not_reset(self):
        self.machine.file(f"/sys/devices/pci0000:00/{UPLINK}/sriov_totalvfs", "4\n")
        self.machine.file(f"/sys/devices/pci0000:00/{UPLINK}/sriov_numvfs", "0\n")
        self.plan["nics"][0].update(pci=UPLINK, mac="52:54:00:aa:00:01")
        self.refused("cut the way into the node")

    def test_functions_of_a_card_that_has_become_the_way_in_stay_until_the_next_boot(self):
        virtual_functions.apply(self.node(), self.plan)
        routes = self.machine.text("/proc/net/route").replace("enp0s16", "enp1s0")
        self.machine.file("/proc/net/route", routes + "\n")
        self.assertRegex(virtual_functions.revert(self.node())[0], "^reboot: 0000:01:00.0 has its virtual functions")
        self.assertEqual(self.machine.text(f"/sys/bus/pci/devices/{PF}/sriov_numvfs"), "2")
        self.assertEqual(virtual_functions.revert(self.node()), [])

    def test_another_card_at_the_address_gets_no_functions_at_boot_either(self):
        for stage in (boot_unit, virtual_functions):
            stage.apply(self.node(), self.plan)
        self.machine.reboot()
        self.machine.file("/sys/class/net/enp1s0/address", "52:54:00:ff:ff:ff\n")
        self.assertEqual(boot(self.node()), 1)
        self.assertEqual(self.machine.text(f"/sys/bus/pci/devices/{PF}/sriov_numvfs"), "0")

    def test_a_card_that_has_taken_the_place_of_ours_keeps_its_functions_on_revert(self):
        virtual_functions.apply(self.node(), self.plan)
        self.machine.file("/sys/class/net/enp1s0/address", "52:54:00:ff:ff:ff\n")
        self.assertEqual(virtual_functions.revert(self.node()), [f"{PF}: another card is there now, left as it is"])
        self.assertEqual(self.machine.text(f"/sys/bus/pci/devices/{PF}/sriov_numvfs"), "2")

    def test_a_card_without_sriov_is_refused(self):
        (self.machine.root / f"sys/devices/pci0000:00/{PF}/sriov_totalvfs").unlink()
        self.refused("has no SR-IOV")

    def test_more_functions_than_the_card_has_are_refused(self):
        self.plan["nics"][0]["virtualFunctions"].append({"index": 7, "mac": "52:54:00:d1:00:08", "driver": "vfio-pci"})
        self.refused("8 of 7")

    def test_a_card_that_is_not_there_is_refused(self):
        self.plan["nics"][0]["pci"] = "0000:09:00.0"
        self.refused("no such NIC function, at 0000:09:00.0")

    def test_no_link_is_one_clear_line_after_its_deadline(self):
        with (
            mock.patch.object(virtual_functions, "carrier", return_value=False),
            mock.patch.object(virtual_functions, "CARRIER_SECONDS", 0),
            self.assertRaisesRegex(AgentError, "no link on the physical function.*enp1s0"),
        ):
            virtual_functions.apply(self.node(), self.plan)


if __name__ == "__main__":
    unittest.main()
