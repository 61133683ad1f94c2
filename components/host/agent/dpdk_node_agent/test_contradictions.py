"""What a node contradicts is refused before anything is changed."""

from __future__ import annotations

import copy
import json
import unittest
from pathlib import Path

from .contradictions import contradictions, cpu_set, refuse_contradictions
from .errors import Refused
from .testing_service import with_service

_HOST = Path(__file__).resolve().parents[2]
PLAN = json.loads((_HOST / "plan.example.json").read_text())
FACTS = json.loads((_HOST / "facts.example.json").read_text())


class Contradictions(unittest.TestCase):
    def setUp(self) -> None:
        self.plan, self.facts = copy.deepcopy(PLAN), copy.deepcopy(FACTS)

    def found(self) -> str:
        return "; ".join(contradictions(self.plan, self.facts))

    def test_the_examples_of_plan_and_facts_agree(self) -> None:
        self.assertEqual(self.found(), "")

    def test_a_cpu_that_the_node_has_not(self) -> None:
        self.plan["cpus"]["isolated"] = "2-5"
        self.assertEqual(self.found(), "cpus.isolated names CPU 4, 5, the node has 0-3")

    def test_a_cpu_of_the_service_that_the_node_has_not(self) -> None:
        self.plan = with_service(self.plan, "native")
        self.plan["service"]["lcores"] = "2-4"
        self.assertEqual(self.found(), "service.lcores names CPU 4, the node has 0-3")

    def test_a_cpu_that_only_a_kernel_argument_names(self) -> None:
        self.plan["kernel"]["arguments"].append("isolcpus=managed_irq,domain,2-4")
        self.assertIn("isolcpus=managed_irq,domain,2-4 names CPU 4", self.found())

    def test_more_hugepages_than_a_numa_node_has_memory(self) -> None:
        self.plan["hugepages"][1]["pages"] = 1000
        self.assertEqual(self.found(), "hugepages of 2000 MiB on NUMA node 1, which has 1500 MiB")

    def test_hugepages_on_a_numa_node_that_is_not_there(self) -> None:
        self.plan["hugepages"][1]["numaNode"] = 7
        self.assertEqual(self.found(), "hugepages on NUMA node 7, the node has NUMA nodes 0, 1")

    def test_a_pci_address_that_is_not_there(self) -> None:
        self.plan["nics"][0]["pci"] = "0000:99:00.0"
        self.assertIn("data0 at 0000:99:00.0, where the node has none; it has 0000:01:00.0", self.found())

    def test_another_card_at_the_pci_address(self) -> None:
        self.plan["nics"][0]["mac"] = "52:54:00:ff:ff:ff"
        self.assertIn("with 52:54:00:ff:ff:ff, the node's has 52:54:00:d0:00:01", self.found())

    def test_a_card_of_another_kind_at_the_pci_address(self) -> None:
        self.plan["nics"][0]["id"] = "8086:10c9"
        self.assertEqual(self.found(), "")
        self.plan["nics"][0]["id"] = "8086:1572"
        self.assertEqual(
            self.found(), "NIC data0 at 0000:01:00.0 is asked to be 8086:1572, the node's is 8086:10c9"
        )

    def test_a_card_that_the_machine_has_given_another_pci_address_is_named_with_it(self) -> None:
        self.facts["nics"][0]["pci"] = "0000:03:00.0"
        moved = "; its card is at 0000:03:00.0 now, write that as hardware.nics.data0.pci"
        self.assertIn(f"data0 at 0000:01:00.0, where the node has none; it has 0000:03:00.0{moved}", self.found())
        other = {**self.facts["nics"][0], "pci": "0000:01:00.0", "mac": "52:54:00:ff:ff:ff"}
        self.facts["nics"].append(other)
        mac = "52:54:00:d0:00:01"
        self.assertEqual(self.found(), f"NIC data0 at 0000:01:00.0 with {mac}, the node's has 52:54:00:ff:ff:ff{moved}")

    def test_a_virtual_function_with_the_address_of_a_card_is_not_taken_for_it(self) -> None:
        function = {**self.facts["nics"][0], "pci": "0000:02:10.0", "virtualFunctionOf": "0000:01:00.0"}
        self.facts["nics"] = [{**self.facts["nics"][0], "mac": None}, function]
        self.assertEqual(self.found(), "")

    def test_the_address_of_a_card_on_vfio_cannot_be_read_and_does_not_count(self) -> None:
        self.facts["nics"][0]["mac"] = None
        self.assertEqual(self.found(), "")

    def test_more_virtual_functions_than_the_card_has(self) -> None:
        self.facts["nics"][0]["sriovTotal"] = 1
        self.assertIn("2 virtual functions of data0, 0000:01:00.0 has at most 1", self.found())

    def test_a_nic_that_carries_ssh_is_never_bound(self) -> None:
        self.plan["nics"][0]["bind"] = "vfio-pci"
        self.facts["wayIn"]["pci"] = ["0000:01:00.0"]
        self.assertIn("carries this SSH connection and cannot be bound to vfio-pci", self.found())

    def test_a_nic_in_the_iommu_group_of_the_one_that_carries_ssh_is_never_bound(self) -> None:
        self.plan["nics"][0]["bind"] = "vfio-pci"
        self.facts["nics"].append({**self.facts["nics"][0], "pci": "0000:00:02.0", "mac": None})
        self.assertIn("is in IOMMU group 14 of the NIC that carries this SSH connection", self.found())

    def test_all_are_said_in_one_line(self) -> None:
        self.plan["cpus"]["isolated"] = "9"
        self.plan["nics"][0]["pci"] = "0000:99:00.0"
        with self.assertRaisesRegex(
            Refused, "alpha, found cpus.isolated .*; NIC data0 .*; correct the fleet file, nothing was changed"
        ):
            refuse_contradictions(self.plan, self.facts)

    def test_cpu_lists_are_read_with_ranges_flags_and_strides(self) -> None:
        self.assertEqual(cpu_set("managed_irq,domain,0-2,5"), {0, 1, 2, 5})
        self.assertEqual(cpu_set(""), set())


if __name__ == "__main__":
    unittest.main()
