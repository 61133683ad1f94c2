"""Kernel command lines are compared as tokens."""

from __future__ import annotations

import unittest

from .cmdline import conflicts, lacking, owned_of, refuse_unsafe, remains, tokens, without
from .errors import Refused


class CommandLine(unittest.TestCase):
    def test_a_quoted_value_is_one_token(self) -> None:
        self.assertEqual(tokens('ro dyndbg="file a.c +p" quiet\n'), ["ro", 'dyndbg="file a.c +p"', "quiet"])

    def test_a_longer_value_is_another_one(self) -> None:
        self.assertEqual(lacking(["intel_iommu=on,sm_on"], ["intel_iommu=on"]), ["intel_iommu=on"])

    def test_dash_and_underscore_are_the_same_key(self) -> None:
        self.assertEqual(conflicts(["nohz_full=2"], ["nohz-full=3"]), ["nohz-full=3"])

    def test_the_order_of_other_arguments_does_not_matter(self) -> None:
        self.assertEqual(lacking(["iommu=pt", "ro", "intel_iommu=on"], ["intel_iommu=on", "iommu=pt"]), [])

    def test_the_order_of_hugepage_pairs_matters(self) -> None:
        pairs = ["hugepagesz=1G", "hugepages=2", "hugepagesz=2M", "hugepages=64"]
        self.assertEqual(lacking(["ro", *pairs], pairs), [])
        swapped = ["hugepagesz=2M", "hugepages=2", "hugepagesz=1G", "hugepages=64"]
        self.assertEqual(lacking(swapped, pairs), pairs)

    def test_the_same_count_for_two_page_sizes_is_no_duplicate(self) -> None:
        refuse_unsafe(["hugepagesz=1G", "hugepages=2", "hugepagesz=2M", "hugepages=2"])

    def test_a_duplicate_is_refused(self) -> None:
        for asked in (["iommu=pt", "iommu=pt"], ["hugepagesz=2M", "hugepages=2", "hugepagesz=2M", "hugepages=2"]):
            with self.assertRaisesRegex(Refused, "asked for twice"):
                refuse_unsafe(asked)

    def test_what_grub_or_a_shell_would_read_is_refused(self) -> None:
        for token in ("a=$(reboot)", "a=b;c", "a b", "a='b'", 'a="b"', "memmap=1G$4G", "a=`b`", "-a", ""):
            with self.assertRaisesRegex(Refused, "has characters"):
                refuse_unsafe([token])

    def test_what_belongs_to_the_boot_loader_or_the_trial_is_refused(self) -> None:
        for token in ("root=/dev/sda1", "panic=0", "dpdk_fleet.trial=1"):
            with self.assertRaisesRegex(Refused, "belongs to"):
                refuse_unsafe([token])

    def test_what_the_operator_has_already_is_not_ours(self) -> None:
        self.assertEqual(owned_of(["iommu=pt", "isolcpus=2"], ["ro", "iommu=pt"]), ["isolcpus=2"])
        self.assertEqual(conflicts(["iommu=pt"], ["iommu=pt", "ro"]), [])

    def test_only_our_own_occurrence_is_taken_out(self) -> None:
        self.assertEqual(without(["iommu=pt", "ro", "iommu=pt"], ["iommu=pt"]), ["iommu=pt", "ro"])
        self.assertEqual(remains(["a=1", "b=2"], ["b=2"], ["a=1", "b=2"]), ["a=1"])


if __name__ == "__main__":
    unittest.main()
