"""Which card a plan means that has its NICs by name alone."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from pathlib import Path

from . import latenics
from .errors import Refused
from .node import Node

MAC = "02:ab:00:00:00:01"
PLAN = json.dumps({"nics": [{"pci": "{pci:dpdk0}", "mac": "{mac:dpdk0}"}], "text": "port-0-pci = {pci:dpdk0}\n"})


class LateNics(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.node = Node(folder.name)
        self.card("0000:00:05.0", "ens5", "02:ab:00:00:00:00")
        self.card("0000:00:06.0", "ens6", MAC)

    def card(self, pci: str, interface: str, mac: str) -> None:
        device = self.root / "sys/devices/pci0000:00" / pci
        (device / "net" / interface).mkdir(parents=True)
        (device / "vendor").write_text("0x1d0f\n")
        (device / "device").write_text("0xec20\n")
        (device / "net" / interface / "address").write_text(f"{mac}\n")
        for folder, name, to in (
            ("sys/bus/pci/devices", pci, device),
            ("sys/class/net", interface, device / "net" / interface),
        ):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
            (self.root / folder / name).symlink_to(os.path.relpath(to, self.root / folder))
        (device / "net" / interface / "device").symlink_to("../..")

    def take_to_vfio(self, interface: str) -> None:
        link = self.root / "sys/class/net" / interface
        for entry in sorted(link.resolve().rglob("*"), reverse=True):
            entry.unlink()
        link.resolve().rmdir()
        link.unlink()

    def put_in(self, *given: str) -> dict:
        return json.loads(latenics.with_nics(self.node, PLAN, given))

    def test_the_card_with_the_mac_is_put_in_wherever_its_name_stands(self) -> None:
        self.assertEqual(
            self.put_in(f"dpdk0={MAC}"),
            {"nics": [{"pci": "0000:00:06.0", "mac": MAC}], "text": "port-0-pci = 0000:00:06.0\n"},
        )

    def test_a_card_on_vfio_is_where_it_was(self) -> None:
        self.put_in(f"dpdk0={MAC}")
        self.take_to_vfio("ens6")
        self.assertEqual(self.put_in(f"dpdk0={MAC}")["nics"][0]["pci"], "0000:00:06.0")

    def test_a_card_that_was_never_seen_is_refused(self) -> None:
        self.take_to_vfio("ens6")
        with self.assertRaisesRegex(Refused, f"no card of this node has that MAC address, at NIC dpdk0, found {MAC}"):
            self.put_in(f"dpdk0={MAC}")

    def test_another_device_where_the_card_was_is_refused(self) -> None:
        self.put_in(f"dpdk0={MAC}")
        self.take_to_vfio("ens6")
        (self.root / "sys/devices/pci0000:00/0000:00:06.0/device").write_text("0x8061\n")
        with self.assertRaisesRegex(Refused, "no card of this node"):
            self.put_in(f"dpdk0={MAC}")

    def test_a_name_that_nobody_tells_is_refused(self) -> None:
        with self.assertRaisesRegex(Refused, r"at plan, \{pci:dpdk0\}, found management; run converge with --nic dpdk0"):
            self.put_in("management=02:ab:00:00:00:00")
        with self.assertRaisesRegex(Refused, "found no --nic"):
            self.put_in()

    def test_what_is_no_name_and_mac_is_refused(self) -> None:
        for given in ("dpdk0", "dpdk0=02:AB:00:00:00:01", "dpdk0=02:ab", "Dpdk0=" + MAC):
            with self.assertRaisesRegex(Refused, "a NIC is named as NAME=MAC"):
                self.put_in(given)
        with self.assertRaisesRegex(Refused, "each once"):
            self.put_in(f"dpdk0={MAC}", f"dpdk0={MAC}")

    def test_who_only_asks_gets_the_nics_of_the_last_time(self) -> None:
        self.put_in(f"dpdk0={MAC}")
        self.assertIn("0000:00:06.0", latenics.as_kept(self.node, PLAN))

    def test_a_plan_without_such_names_stays_as_it_is(self) -> None:
        plain = json.dumps({"nics": []})
        self.assertEqual(latenics.with_nics(self.node, plain, []), plain)
        self.assertEqual(self.node.names("/var/lib/dpdk-fleet"), [])
