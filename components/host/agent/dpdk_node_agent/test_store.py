"""What is kept lies in files whose names tell the key, whatever is in it."""

from __future__ import annotations

import unittest
from urllib.parse import quote, unquote

from .store import quoted, unquoted

KEYS = ("", "plain-._~09", "/etc/default/grub", "a b%2Fc", "100%", "irq:25", "é→😀", "podman r.test:5000/a@sha256:00")


class FileNames(unittest.TestCase):
    def test_a_key_is_written_and_read_as_percent_encoding_says(self) -> None:
        for key in KEYS:
            self.assertEqual(quoted(key), quote(key, safe=""))
            self.assertEqual((unquoted(quoted(key)), unquote(quoted(key))), (key, key))


if __name__ == "__main__":
    unittest.main()
