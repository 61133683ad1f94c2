"""Failure 14 of the field: map files of a crashed process hold their hugepages."""

from __future__ import annotations

import fcntl
import os
import unittest

from . import stalemaps
from .testing_service import with_service
from .testing_tree import Machine, plan

FOLDER = "/mnt/huge"


class StaleMaps(unittest.TestCase):
    def setUp(self):
        self.machine, self.service = Machine(), with_service(plan(), "podman")["service"]
        self.addCleanup(self.machine.remove)
        self.machine.file("/etc/pantheonchain/dpdk.conf", "[global]\neal-args = -l 2-3\n")

    def left(self, *names: str) -> None:
        for name in names:
            self.machine.file(f"{FOLDER}/{name}", "")

    def remain(self) -> list[str]:
        stalemaps.remove(self.machine.node(), self.service)
        return self.machine.node().names(FOLDER)

    def test_what_the_crashed_service_left_goes_and_nothing_else(self):
        self.left("rtemap_0", "rtemap_12", "othermap_0", "bitmap_index", "rtemap_x", "notes")
        self.assertEqual(self.remain(), ["bitmap_index", "notes", "othermap_0", "rtemap_x"])

    def test_a_file_that_eal_holds_the_lock_of_stays(self):
        self.left("rtemap_0", "rtemap_1")
        with open(self.machine.root / "mnt/huge/rtemap_1") as held:
            fcntl.flock(held, fcntl.LOCK_SH)
            self.assertEqual(self.remain(), ["rtemap_1"])

    def test_a_file_that_a_process_has_mapped_stays_though_its_lock_is_gone(self):
        """A container has the file under another path: device and inode tell."""
        self.left("rtemap_0", "rtemap_1")
        there = os.stat(self.machine.root / "mnt/huge/rtemap_1")
        device = f"{os.major(there.st_dev):02x}:{os.minor(there.st_dev):02x}"
        self.machine.file(
            "/proc/88/maps",
            "7f00-7f01 r--p 00000000 00:00 0\n"
            f"7f20-7f40 rw-s 00000000 {device} {there.st_ino}    /inside/rtemap_1\n",
        )
        self.assertEqual(self.remain(), ["rtemap_1"])

    def test_a_file_that_a_process_has_open_stays(self):
        self.left("rtemap_0", "rtemap_1")
        self.machine.file("/proc/89/maps", "")
        self.machine.symlink("/proc/89/fd/7", f"{FOLDER}/rtemap_0")
        self.assertEqual(self.remain(), ["rtemap_0"])

    def test_the_prefix_is_that_of_the_services_own_configuration(self):
        self.machine.file("/etc/pantheonchain/dpdk.conf", "[global]\neal-args = -l 2-3 --file-prefix=chain\n")
        self.left("rtemap_0", "chainmap_0")
        self.assertEqual(self.remain(), ["rtemap_0"])

    def test_a_link_is_never_followed(self):
        self.machine.file("/etc/shadowmap_0", "")
        self.machine.symlink(f"{FOLDER}/rtemap_0", "/etc/shadowmap_0")
        self.assertEqual(self.remain(), ["rtemap_0"])

    def test_no_process_is_looked_at_where_nothing_is_left(self):
        self.left("notes")
        self.assertEqual(stalemaps.stale(self.machine.node(), FOLDER), [])


if __name__ == "__main__":
    unittest.main()
