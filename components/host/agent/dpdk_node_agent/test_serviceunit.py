"""The unit's text against golden files; UPDATE_GOLDEN=1 writes them anew, to be read before they are kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .serviceunit import UNIT, Ids, text
from .testing_service import PODMAN_IMAGE, with_service
from .testing_tree import plan

GOLDEN = Path(__file__).resolve().parent / "golden"
PROGRAM = "/opt/pantheonchain/releases/aaaaaaaaaaaa/bin/pantheon-node"


NEEDS = ["dpdk-hugepages@0-2M.service", "dpdk-hugepages@1-2M.service", "dpdk-node-boot.service"]


def unit(runtime: str, needs: list[str] = NEEDS, **changed: object) -> str:
    service = {**with_service(plan(), runtime)["service"], "startSeconds": 120, **changed}
    return text(service, PODMAN_IMAGE, PROGRAM, Ids(998, 997, [996]), needs)


class Unit(unittest.TestCase):
    def test_each_runtime_has_the_unit_of_its_golden_file(self):
        for runtime in ("podman", "native"):
            golden = GOLDEN / f"{UNIT}.{runtime}"
            if os.environ.get("UPDATE_GOLDEN"):
                golden.write_text(unit(runtime))
            self.assertEqual(unit(runtime), golden.read_text(), runtime)

    def test_units_are_waited_for_only_where_there_are_any(self):
        self.assertNotIn("\nAfter=", unit("podman", []))

    def test_systemd_finds_nothing_wrong(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        for runtime in ("podman", "native"):
            with self.subTest(runtime=runtime), tempfile.TemporaryDirectory() as folder:
                # Programs of a node are not on this machine, and are not what is looked at.
                found = unit(runtime, []).replace(PROGRAM, "/bin/true").replace("/usr/bin/podman", "/bin/true")
                place = Path(folder) / UNIT
                place.write_text(found.replace("/usr/local/sbin/dpdk-node-agent", "/bin/true"))
                done = subprocess.run(
                    ["systemd-analyze", "verify", str(place)], capture_output=True, text=True, check=False
                )
                said = [line for line in done.stderr.splitlines() if UNIT in line]
                self.assertEqual(said, [])


if __name__ == "__main__":
    unittest.main()
