"""The unit's text against golden files; UPDATE_GOLDEN=1 writes them anew, to be read before they are kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import serviceextras
from .errors import Refused
from .serviceunit import UNIT, Ids, text
from .testing_service import PODMAN_IMAGE, with_service
from .testing_tree import plan

GOLDEN = Path(__file__).resolve().parent / "golden"
PROGRAM = "/opt/pantheonchain/releases/aaaaaaaaaaaa/bin/pantheon-node"


NEEDS, WAITS = ["dpdk-hugepages@0-2M.service", "dpdk-hugepages@1-2M.service"], ["dpdk-node-boot.service"]


def unit(runtime: str, needs: list[str] = NEEDS, waits: list[str] = WAITS, **changed: object) -> str:
    service = {**with_service(plan(), runtime)["service"], "startSeconds": 120, **changed}
    return text(service, PODMAN_IMAGE, PROGRAM, Ids(998, 997, [996]), needs, waits)


class Unit(unittest.TestCase):
    def test_each_runtime_has_the_unit_of_its_golden_file(self):
        for runtime in ("podman", "native"):
            golden = GOLDEN / f"{UNIT}.{runtime}"
            if os.environ.get("UPDATE_GOLDEN"):
                golden.write_text(unit(runtime))
            self.assertEqual(unit(runtime), golden.read_text(), runtime)

    def test_units_are_waited_for_only_where_there_are_any(self):
        self.assertNotIn("\nAfter=", unit("podman", [], []))
        self.assertNotIn("\nRequires=", unit("podman", []))

    def test_what_puts_tuning_back_too_is_waited_for_and_its_failure_keeps_no_data_plane_off(self):
        """systemd does not try a start again whose Requires= failed: one CPU governor that a new kernel lacks would do."""
        found = unit("native").splitlines()
        self.assertIn(f"Wants={WAITS[0]}", found)
        self.assertNotIn(WAITS[0], next(line for line in found if line.startswith("Requires=")))
        self.assertIn(WAITS[0], next(line for line in found if line.startswith("After=")))

    def test_capabilities_are_the_least_of_each_way_to_a_nic(self):
        def bounding(**changed: object) -> list[str]:
            lines = unit("native", **changed).splitlines()
            return [line for line in lines if line.startswith(("CapabilityBoundingSet", "Ambient", "PrivateNetwork"))]

        self.assertEqual(bounding(), ["CapabilityBoundingSet=", "PrivateNetwork=yes"])
        net = "CAP_NET_RAW CAP_NET_ADMIN"
        self.assertEqual(
            bounding(nicMode="bifurcated"), [f"CapabilityBoundingSet={net}", f"AmbientCapabilities={net}"]
        )
        self.assertIn(f"CapabilityBoundingSet={net} CAP_SYS_RAWIO", bounding(nicMode="bifurcated-flow"))
        raw = "CAP_SYS_RAWIO CAP_DAC_READ_SEARCH CAP_IPC_LOCK CAP_SYS_ADMIN"
        self.assertIn(f"CapabilityBoundingSet={raw}", bounding(nicMode="vfio-noiommu"))
        for mode in serviceextras.CAPABILITIES:
            self.assertIn("LimitMEMLOCK=infinity", unit("native", nicMode=mode))

    def test_a_container_gets_the_same_and_no_device_that_it_does_not_open(self):
        self.assertNotIn("--cap-add", unit("podman"))
        found = unit("podman", nicMode="bifurcated")
        for part in ("--cap-drop=all", "--cap-add=NET_RAW,NET_ADMIN", "--network=host", "--device=/dev/infiniband \\"):
            self.assertIn(part, found)
        self.assertNotIn("vfio", found)

    def test_a_core_has_no_hugepages_in_it_and_there_is_none_unless_asked_for(self):
        self.assertNotIn("Core", unit("native").replace("LimitCORE", "Core"))
        found = unit("podman", coreMiB=256)
        for part in ("LimitCORE=256M\n", "CoredumpFilter=private-anonymous shared-anonymous elf-headers\n"):
            self.assertIn(part, found)
        self.assertIn(f"--ulimit=core={256 << 20}:{256 << 20}", found)

    def test_a_log_file_and_a_limit_of_lines(self):
        found = unit("native", log={"file": "/var/log/pantheon-dpdk.log", "rate": {"lines": 500, "seconds": 3}})
        for part in (
            "StandardError=append:/var/log/pantheon-dpdk.log",
            "Environment=PANTHEON_LOG_PLAIN=1\n",
            "LogRateLimitIntervalSec=3\n",
            "LogRateLimitBurst=500\n",
        ):
            self.assertIn(part, found)
        self.assertNotIn("LogRateLimit", unit("native"))

    def test_a_profile_is_the_one_file_in_var_log_that_it_may_write(self):
        self.assertNotIn("/var/log", unit("native") + unit("podman"))
        found = unit("native", profile="/var/log/dpdk-profile.log").splitlines()
        self.assertIn("ReadWritePaths=/var/lib/pantheonchain /mnt/huge /var/log/dpdk-profile.log", found)
        found = unit("podman", profile="/var/log/dpdk-profile.log")
        self.assertIn("--volume=/var/log/dpdk-profile.log:/var/log/dpdk-profile.log \\\n", found)
        with self.assertRaisesRegex(Refused, "plan.service.profile"):
            serviceextras.refuse_unsafe({"profile": "/var/log/x.log", "log": {"file": "/var/log/x.log"}})

    def test_what_would_mean_something_else_in_a_unit_is_refused(self):
        for name, wrong in (
            ("profile", "/var/log/../../etc/passwd"),
            ("nicMode", "root"),
            ("log", {"file": "/var/log/a b"}),
            ("log", {"file": "/etc/passwd"}),
            ("log", {"rate": {"lines": 0, "seconds": 3}}),
            ("coreMiB", 0),
        ):
            with self.subTest(name=name, wrong=wrong), self.assertRaisesRegex(Refused, f"plan.service.{name}"):
                serviceextras.refuse_unsafe({name: wrong})

    def test_systemd_thinks_little_of_it_is_open(self):
        """`systemd-analyze security`: 0 is a closed box, 10 an open door; the seed's unit has 9.2."""
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / UNIT
            place.write_text(unit("native"))
            words = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(place)]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)

    def test_systemd_finds_nothing_wrong(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        more = {"log": {"file": "/var/log/x.log", "rate": {"lines": 5, "seconds": 3}}, "coreMiB": 256, "profile": "/var/log/y.log"}
        asked = ({}, more, {"nicMode": "bifurcated"})
        for runtime, changed in [(runtime, each) for runtime in ("podman", "native") for each in asked]:
            with self.subTest(runtime=runtime, changed=changed), tempfile.TemporaryDirectory() as folder:
                # Programs of a node are not on this machine, and are not what is looked at.
                found = unit(runtime, [], **changed).replace(PROGRAM, "/bin/true")
                found = found.replace("/usr/bin/podman", "/bin/true")
                place = Path(folder) / UNIT
                place.write_text(found.replace("/usr/local/sbin/dpdk-node-agent", "/bin/true"))
                done = subprocess.run(
                    ["systemd-analyze", "verify", str(place)], capture_output=True, text=True, check=False
                )
                said = [line for line in done.stderr.splitlines() if UNIT in line]
                self.assertEqual(said, [])


if __name__ == "__main__":
    unittest.main()
