"""What is known of network cards, and that the archive carries it."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from .compiled import compiled
from .nicknowledge import card_of, card_with, cards, ddp_files, keeper, lacks_ddp, line_rate_mpps
from .testing_archive import packed
from .testing_layout import PF, UPLINK, VFS
from .testing_tree import Machine

_HERE = Path(__file__).parent


class Knowledge(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def named(self, identity: str) -> str:
        card = card_with(identity)
        return card["name"] if card else ""

    def test_cards_are_known_by_vendor_and_device(self) -> None:
        self.assertEqual(self.named("8086:10c9"), "Intel 82576")
        self.assertEqual(self.named("8086:159B"), "Intel E810-XXV")
        self.assertEqual(self.named("1ae0:0042"), "Google gVNIC")
        self.assertEqual(self.named("8086:ffff"), "")

    def test_a_card_of_a_known_vendor_is_known_where_its_own_ids_are_not(self) -> None:
        self.assertEqual(self.named("15b3:1017"), "NVIDIA ConnectX-5")
        self.assertEqual(self.named("15b3:1021"), "NVIDIA ConnectX of another generation")
        self.assertEqual(self.named("15b3:1003"), "NVIDIA ConnectX-3")

    def test_an_i226_is_no_e800(self) -> None:
        """8086:125b to 125f are igc's (Linux, igc_hw.h), though 124c to 124f are E823's."""
        self.assertIn("E823", self.named("8086:124d"))
        self.assertEqual(self.named("8086:125b"), "")

    def test_line_rates_are_those_of_the_smallest_frame(self) -> None:
        rates = {identity: line_rate_mpps(card_with(identity)) for identity in ("8086:1572", "8086:158b", "8086:1592")}
        self.assertEqual(rates, {"8086:1572": 14.88, "8086:158b": 37.2, "8086:1592": 148.81})
        self.assertIsNone(line_rate_mpps(card_with("1d0f:ec20")))

    def test_a_function_is_known_by_what_it_says_of_itself(self) -> None:
        node = self.machine.node()
        self.assertEqual([card_of(node, pci)["name"] for pci in (PF, UPLINK)], ["Intel 82576", "virtio-net"])
        self.machine.set_functions(1)
        self.assertEqual(card_of(node, VFS[0])["queues"], 2)

    def test_a_bifurcated_card_has_a_keeper_whatever_driver_it_is_on_now(self) -> None:
        self.machine.function("0000:05:00.0", 30, "vfio-pci", vendor="0x15b3", device="0x1017")
        self.machine.function("0000:05:00.1", 31, "mlx5_core", vendor="0xffff", device="0x0001")
        self.machine.function("0000:06:00.0", 32, None, vendor="0x1414", device="0x00ba")
        node = self.machine.node()
        found = [keeper(node, pci) for pci in ("0000:05:00.0", "0000:05:00.1", "0000:06:00.0", PF)]
        self.assertEqual(found, ["mlx5_core", "mlx5_core", "mana", None])

    def test_a_function_without_a_name_of_its_own_is_kept_as_its_card_is(self) -> None:
        self.machine.set_functions(1)
        home = f"/sys/devices/pci0000:00/{PF}"
        self.machine.file(f"{home}/vendor", "0x15b3\n")
        self.assertEqual(keeper(self.machine.node(), VFS[0]), "mlx5_core")

    def test_a_package_of_rules_is_found_where_drivers_look(self) -> None:
        node, card = self.machine.node(), card_with("8086:1592")
        self.assertTrue(lacks_ddp(node, card))
        self.machine.file("/lib/firmware/intel/ice/ddp/ice.pkg.xz", "")
        self.machine.file("/lib/firmware/updates/intel/ice/ddp/ice.pkg", "")
        self.assertEqual(
            ddp_files(node, card),
            ["/lib/firmware/updates/intel/ice/ddp/ice.pkg", "/lib/firmware/intel/ice/ddp/ice.pkg.xz"],
        )
        self.assertFalse(lacks_ddp(node, card_with("8086:10c9")))

    def test_no_id_is_in_two_entries(self) -> None:
        ids = [identity for card in cards() for identity in card["ids"]]
        self.assertEqual(len(ids), len(set(ids)))
        for identity in ids:
            self.assertTrue(re.fullmatch(r"[0-9a-f]{4}:([0-9a-f]{4}|\*)", identity), identity)

    def test_the_compiled_archive_carries_it(self) -> None:
        names = ("__init__.py", "nicknowledge.py", "nic-knowledge.json")
        archive = packed({}, {f"carried/{name}": (_HERE / name).read_text() for name in names})
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "agent.zip"
            place.write_bytes(compiled(archive))
            self.assertEqual(
                sorted(zipfile.ZipFile(place).namelist()),
                ["carried/__init__.pyc", "carried/nic-knowledge.json", "carried/nicknowledge.pyc"],
            )
            sys.path.insert(0, str(place))
            self.addCleanup(sys.path.remove, str(place))
            import pkgutil

            self.assertIn(b"Intel 82576", pkgutil.get_data("carried", "nic-knowledge.json") or b"")


if __name__ == "__main__":
    unittest.main()
