"""Whose a kernel argument is."""

from __future__ import annotations

import unittest

from .deadline import parted
from .ownedarguments import Owned

MARKS = ["panic=10", "dpdk_fleet.trial=abc", "systemd.wants=dpdk-fleet-trial-deadline.timer", "systemd.watchdog_sec=60"]
PAIRS = ["hugepagesz=1G", "hugepages=2", "hugepagesz=2M", "hugepages=2"]


class OwnedArguments(unittest.TestCase):
    def test_a_line_without_the_mark_is_no_trials_whatever_else_is_in_it(self) -> None:
        line = ["ro", "panic=10", "systemd.watchdog_sec=60"]
        self.assertEqual(parted(line), (line, None))

    def test_a_trials_line_falls_apart_at_its_marks_and_the_operators_own_panic_stays(self) -> None:
        self.assertEqual(parted(["ro", "panic=30", *MARKS, *PAIRS]), (["ro", "panic=30"], PAIRS))
        self.assertEqual(parted(MARKS[1:2]), ([], []))

    def test_behind_the_marks_all_that_was_tried_is_ours_also_what_stands_twice(self) -> None:
        known = Owned(tried=list(dict.fromkeys(PAIRS)))
        self.assertEqual(known.operators(["ro", *MARKS, *PAIRS, "debug"]), ["ro", "debug"])

    def test_without_marks_a_token_of_ours_is_taken_out_as_often_as_it_was_written(self) -> None:
        self.assertEqual(Owned(now=PAIRS).operators(["ro", *PAIRS]), ["ro"])
        self.assertEqual(Owned(now=["a=1"]).operators(["a=1", "ro", "a=1"]), ["a=1", "ro"])

    def test_a_token_that_the_operator_had_there_before_stays(self) -> None:
        known = Owned(now=["iommu=pt", "a=1"])
        self.assertEqual(known.operators_since(["ro", "iommu=pt", "a=1"], ["ro", "iommu=pt"]), ["ro", "iommu=pt"])
        self.assertEqual(known.operators_since(["ro", "iommu=pt", "a=1"], ["ro"]), ["ro"])


if __name__ == "__main__":
    unittest.main()
