"""GRUB_CMDLINE_LINUX as a shell would read it."""

from __future__ import annotations

import subprocess
import unittest

from .inherited import defaults_say

FILES = (
    'GRUB_CMDLINE_LINUX="a=1 b"\n',
    "GRUB_CMDLINE_LINUX='a=1 b'\n",
    "GRUB_CMDLINE_LINUX=a=1\n",
    'GRUB_CMDLINE_LINUX=""\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
    'GRUB_CMDLINE_LINUX="a"\n# x\nGRUB_CMDLINE_LINUX="${GRUB_CMDLINE_LINUX:-} b=2"\n',
    'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b"\n',
    'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="${GRUB_CMDLINE_LINUX} c"\n',
    '#GRUB_CMDLINE_LINUX="no"\n',
)


class Defaults(unittest.TestCase):
    def test_the_value_is_the_one_that_a_shell_finds(self) -> None:
        for text in FILES:
            script = text + 'printf "%s" "$GRUB_CMDLINE_LINUX"'
            shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
            self.assertEqual(defaults_say(text), shell.split(), text)


if __name__ == "__main__":
    unittest.main()
