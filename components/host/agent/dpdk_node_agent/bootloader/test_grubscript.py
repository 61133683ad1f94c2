"""What GRUB's generated menu says."""

from __future__ import annotations

import unittest

from .grubscript import default_name, derived, entries, environment_of, find, words_of

MENU = """\
set default="${saved_entry}"
function gfxmode {
\tset gfxpayload="${1}"
}
# a comment with { a brace
menuentry 'One {not a brace}' --class os $menuentry_id_option 'one' {
\tif [ x$a = x ]; then insmod gzio; fi
\tsavedefault
\tlinux\t/vmlinuz-1 root=UUID=1 ro quiet
\tinitrd /initrd-1
}
submenu "More, don't panic" $menuentry_id_option 'more' {
\tmenuentry 'Two' --id two { # inside
\t\tlinux /vmlinuz-2 ro ${extra}
\t}
\tmenuentry 'Two (recovery mode)' $menuentry_id_option 'two-recovery' {
\t\tlinux /vmlinuz-2 ro single
\t}
}
menuentry 'UEFI Firmware Settings' --id 'uefi' {
\tfwsetup
}
"""


class Menu(unittest.TestCase):
    def setUp(self) -> None:
        self.entries = entries(MENU.replace("{ # inside", "{"))

    def test_entries_and_submenus_are_read_in_their_order(self) -> None:
        self.assertEqual(
            [(entry.kind, entry.id) for entry in self.entries],
            [("menuentry", "one"), ("submenu", "more"), ("menuentry", "uefi")],
        )
        self.assertEqual([entry.id for entry in self.entries[1].children], ["two", "two-recovery"])

    def test_quotes_and_braces_in_titles_are_text(self) -> None:
        self.assertEqual(self.entries[0].title, "One {not a brace}")
        self.assertEqual(self.entries[1].title, "More, don't panic")

    def test_arguments_are_those_of_the_linux_line(self) -> None:
        self.assertEqual(self.entries[0].arguments(), ["root=UUID=1", "ro", "quiet"])
        self.assertEqual(self.entries[0].kernel(), "/vmlinuz-1")
        self.assertEqual(self.entries[2].kernel(), "")

    def test_a_default_is_a_place_a_title_an_id_or_a_way_through_submenus(self) -> None:
        for name, wanted in (
            ("0", "one"),
            ("one", "one"),
            ("One {not a brace}", "one"),
            ("1>0", "two"),
            ("more>two", "two"),
            ("More, don't panic>Two", "two"),
            ("more>two-recovery", "two-recovery"),
            ("gone", "one"),
        ):
            found = find(self.entries, name)
            self.assertEqual(found.id if found else None, wanted, name)

    def test_a_submenu_or_a_place_outside_is_no_entry_to_boot(self) -> None:
        self.assertIsNone(find(self.entries, "more"))
        self.assertIsNone(find([], "0"))

    def test_a_recovery_entry_is_known_as_such(self) -> None:
        found = find(self.entries, "more>two-recovery")
        self.assertTrue(found and found.is_rescue())
        self.assertFalse(self.entries[0].is_rescue())

    def test_the_default_comes_from_the_environment_where_it_is_saved(self) -> None:
        self.assertEqual(default_name(MENU, {"saved_entry": "more>two"}), "more>two")
        self.assertEqual(default_name(MENU, {}), "0")

    def test_the_one_shot_branch_is_not_the_default(self) -> None:
        text = 'if x ; then\n   set default="${next_entry}"\nelse\n   set default="1>2"\nfi\n'
        self.assertEqual(default_name(text, {}), "1>2")

    def test_a_derived_entry_boots_the_same_kernel_with_other_arguments_and_saves_nothing(self) -> None:
        text = derived(self.entries[0], "Trial", "trial", ["root=UUID=1", "ro", "isolcpus=2"])
        again = entries(text)[0]
        self.assertEqual((again.title, again.id, again.options), ("Trial", "trial", ["--class", "os"]))
        self.assertEqual(again.kernel(), "/vmlinuz-1")
        self.assertEqual(again.arguments(), ["root=UUID=1", "ro", "isolcpus=2"])
        self.assertNotIn("savedefault", text)
        self.assertIn("initrd /initrd-1", text)

    def test_words_lose_their_quotes(self) -> None:
        self.assertEqual(words_of('\'a b\' --class "c \\" d" e\\ f'), ["a b", "--class", 'c \\" d', "e f"])

    def test_the_environment_block_is_read_without_its_padding(self) -> None:
        self.assertEqual(
            environment_of("# GRUB Environment Block\nsaved_entry=0\nnext_entry=\n####"),
            {"saved_entry": "0", "next_entry": ""},
        )


if __name__ == "__main__":
    unittest.main()
