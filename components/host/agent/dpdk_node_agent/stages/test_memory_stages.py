"""Hugepages and their mounts."""

from __future__ import annotations

import unittest

from ..errors import AgentError, Refused
from ..stage import State
from ..testing_tree import Machine, plan
from . import hugepage_mounts, hugepages


class Hugepages(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def pages(self, numa: int) -> str:
        return self.machine.text(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages")

    def test_each_numa_node_gets_its_own_pages(self):
        self.plan["hugepages"][1]["pages"] = 64
        hugepages.apply(self.machine.node(), self.plan)
        self.assertEqual((self.pages(0), self.pages(1)), ("128", "64"))

    def test_too_little_free_memory_is_an_error_that_says_what_was_got_and_gives_it_back(self):
        self.machine.room["1"] = 90
        with self.assertRaisesRegex(AgentError, "128 pages of 2M on NUMA node 1.*found 90 after 4 attempts.*at boot"):
            hugepages.apply(self.machine.node(), self.plan)
        self.assertEqual(self.pages(1), "0")

    def test_more_pages_than_memory_are_refused_before_anything_is_tried(self):
        self.plan["hugepages"][0]["pages"] = 800
        node = self.machine.node()
        with self.assertRaisesRegex(Refused, "more hugepages than the NUMA node has memory.*800 pages.*1500 MiB"):
            hugepages.apply(node, self.plan)
        self.assertEqual(node.effects, 0)

    def test_a_numa_node_that_is_not_there_is_refused(self):
        self.plan["hugepages"][0]["numaNode"] = 3
        with self.assertRaisesRegex(Refused, "no such NUMA node.*3; it has 0, 1"):
            hugepages.apply(self.machine.node(), self.plan)

    def test_a_size_that_the_kernel_has_not_is_refused(self):
        self.plan["hugepages"][0]["size"] = "1G"
        with self.assertRaisesRegex(Refused, "no hugepages of this size.*1G"):
            hugepages.apply(self.machine.node(), self.plan)

    def test_pages_of_an_earlier_plan_are_given_back(self):
        hugepages.apply(self.machine.node(), self.plan)
        del self.plan["hugepages"][1]
        self.assertEqual(hugepages.check(self.machine.node(), self.plan).state, State.PARTIAL)
        hugepages.apply(self.machine.node(), self.plan)
        self.assertEqual((self.pages(0), self.pages(1)), ("128", "0"))


    def test_a_sysctl_file_that_sets_the_pool_itself_is_refused_before_anything_is_changed(self):
        for path in ("/etc/sysctl.conf", "/etc/sysctl.d/10-huge.conf", "/usr/lib/sysctl.d/99-vendor.conf"):
            with self.subTest(path=path):
                self.machine.file(path, "# the guide's\n-vm/nr_hugepages = 2048\n")
                node = self.machine.node()
                says = f"{path} sets vm/nr_hugepages to 2048, the plan has 256 pages of 2M"
                with self.assertRaisesRegex(Refused, says):
                    hugepages.apply(node, self.plan)
                self.assertEqual(node.effects, 0)
                (self.machine.root / path[1:]).unlink()

    def test_one_that_comes_later_is_seen_on_a_node_that_was_good(self):
        hugepages.apply(self.machine.node(), self.plan)
        self.machine.file("/etc/sysctl.d/10-huge.conf", "vm.nr_hugepages=64\n")
        self.assertIn("10-huge.conf", hugepages.check(self.machine.node(), self.plan).saw)
        self.assertEqual(hugepages.check(self.machine.node(), self.plan).state, State.PARTIAL)

    def test_a_sysctl_file_that_says_what_the_plan_says_is_left_alone(self):
        hugepages.apply(self.machine.node(), self.plan)
        self.machine.file("/etc/sysctl.conf", "vm.nr_hugepages = 256\n")
        self.assertEqual(hugepages.check(self.machine.node(), self.plan).state, State.OK)

    def test_the_pool_that_counts_is_that_of_the_default_size(self):
        self.plan["kernel"]["arguments"] = ["default_hugepagesz=1G"]
        self.machine.file("/etc/sysctl.conf", "vm.nr_hugepages = 256\n")
        with self.assertRaisesRegex(Refused, "the plan has 0 pages of 1G"):
            hugepages.apply(self.machine.node(), self.plan)


class HugepageMounts(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)

    def test_unit_names_are_escaped_as_systemd_does(self):
        self.assertEqual(hugepage_mounts.unit_name("/mnt/huge"), "mnt-huge.mount")
        self.assertEqual(hugepage_mounts.unit_name("/dev/huge-1G/.x"), "dev-huge\\x2d1G-.x.mount")
        self.assertEqual(hugepage_mounts.unit_name("/.huge"), "\\x2ehuge.mount")

    def test_the_owner_stands_as_a_number_in_the_unit(self):
        self.plan["hugepageMounts"][0].update(owner="dpdk", group="hugepages")
        hugepage_mounts.apply(self.machine.node(), self.plan)
        self.assertIn(
            "Options=pagesize=2M,mode=0770,uid=990,gid=991", self.machine.text("/etc/systemd/system/mnt-huge.mount")
        )
        self.assertEqual(hugepage_mounts.check(self.machine.node(), self.plan).state, State.OK)

    def test_an_unknown_owner_is_refused(self):
        self.plan["hugepageMounts"][0]["owner"] = "nobody-knows"
        with self.assertRaisesRegex(Refused, "no such user.*nobody-knows"):
            hugepage_mounts.apply(self.machine.node(), self.plan)

    def test_the_same_mount_of_somebody_else_is_left_alone(self):
        self.machine.mount("/mnt/huge", "pagesize=2M,mode=0770")
        node = self.machine.node()
        hugepage_mounts.apply(node, self.plan)
        self.assertEqual((node.effects, hugepage_mounts.check(node, self.plan).state), (0, State.OK))

    def test_another_mount_of_somebody_else_is_refused(self):
        self.machine.mount("/mnt/huge", "pagesize=1024M,mode=0700")
        with self.assertRaisesRegex(Refused, "something else is mounted.*pagesize=1024M"):
            hugepage_mounts.apply(self.machine.node(), self.plan)

    def test_another_mode_mounts_anew(self):
        hugepage_mounts.apply(self.machine.node(), self.plan)
        self.plan["hugepageMounts"][0]["mode"] = "1777"
        self.assertEqual(
            hugepage_mounts.check(self.machine.node(), self.plan).saw, "/mnt/huge: mounted with another mode"
        )
        hugepage_mounts.apply(self.machine.node(), self.plan)
        self.assertIn("mode=1777", self.machine.mounts["/mnt/huge"])

    def test_a_path_of_an_earlier_plan_is_unmounted_and_its_folder_removed(self):
        hugepage_mounts.apply(self.machine.node(), self.plan)
        self.plan["hugepageMounts"][0]["path"] = "/mnt/other"
        hugepage_mounts.apply(self.machine.node(), self.plan)
        self.assertEqual((list(self.machine.mounts), self.machine.node().names("/mnt")), (["/mnt/other"], ["other"]))


if __name__ == "__main__":
    unittest.main()
