"""Which package manager a node has, told from its os-release."""

from __future__ import annotations

import unittest

from . import packagemanagers
from .node import Node
from .testing_machine import scratch

# ID, ID_LIKE and VERSION_ID as these distributions have them.
SYSTEMS = {
    'ID=debian\nVERSION_ID="12"': "apt",
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"': "apt",
    'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"': "dnf",
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"': "dnf",
    'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.10"': "dnf",
    "ID=fedora\nVERSION_ID=41": "dnf",
    'ID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"': "dnf",
    'ID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"': "yum",
    'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"': None,
}


class Families(unittest.TestCase):
    def test_each_distribution_has_its_own(self) -> None:
        for text, name in SYSTEMS.items():
            with self.subTest(system=text):
                root = scratch(self)
                (root / "usr/lib").mkdir(parents=True)
                (root / "usr/lib/os-release").write_text(text + "\n")
                if name == "apt":
                    (root / "var/lib/dpkg").mkdir(parents=True)
                    (root / "var/lib/dpkg/status").write_text("")
                found = packagemanagers.of(Node(root))
                self.assertEqual(found and found.__name__.rpartition(".")[2], name)

    def test_all_of_them_have_the_same_functions(self) -> None:
        documented = {
            word.split("(")[0].strip()
            for line in (packagemanagers.__doc__ or "").splitlines()
            if line.startswith("    ") and line[4] != " "
            for word in line[4:].split("  ")[0].split(" -> ")[0].replace("), ", ")|").split("|")
        }
        self.assertIn("release", documented)
        for name in ("apt", "dnf", "yum"):
            module = packagemanagers.import_module(f"{packagemanagers.__name__}.{name}")
            self.assertEqual([each for each in sorted(documented) if not hasattr(module, each)], [], name)


if __name__ == "__main__":
    unittest.main()
