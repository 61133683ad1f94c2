"""The order of names, as boot loaders see it."""

from __future__ import annotations

import unittest

from .versions import grub_compare, newest_first, uapi_compare


class Versions(unittest.TestCase):
    def test_grub_compares_as_rpm_does(self) -> None:
        newest = [
            "m-6.10.0-1.el9.x86_64",
            "m-6.9.0-1.el9.x86_64",
            "m-5.14.0-427.20.1.el9_4.x86_64",
            "m-5.14.0-427.13.1.el9_4.x86_64",
            "m-5.14.0-427.el9.x86_64",
            "m-0-rescue",
            "m-0-dpdktrial",
        ]
        self.assertEqual(newest_first(sorted(newest), grub_compare), newest)

    def test_digits_are_newer_than_letters_and_a_tilde_is_older_than_nothing(self) -> None:
        pairs = [("a-1-1", "a-a-1"), ("a-1.0-1", "a-1.0~rc1-1"), ("a-1.0+1-1", "a-1.0-1"), ("b-1-1", "a-9-9")]
        for newer, older in pairs:
            self.assertEqual((grub_compare(newer, older), grub_compare(older, newer)), (1, -1), newer)
        self.assertEqual(grub_compare("a-1-1", "a-1-1"), 0)

    def test_systemd_boot_compares_as_the_uapi_groups_version_format_says(self) -> None:
        # The examples of that specification (UAPI.10), oldest first.
        oldest = ["122.1", "123~rc1-1", "123", "123-a", "123-a.1", "123-3", "123-3.1", "123^patched-5", "123.1-1"]
        self.assertEqual(newest_first(oldest[::-1], uapi_compare), oldest[::-1])
        self.assertEqual(uapi_compare("6.1.0-9-amd64", "6.1.0-40-amd64"), -1)


if __name__ == "__main__":
    unittest.main()
