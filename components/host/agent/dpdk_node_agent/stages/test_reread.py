"""Files that the data plane takes while it runs start nothing anew; all others do."""

from __future__ import annotations

from unittest import mock

from .. import reread
from ..testing_service import COLD, HOT, NEVER_STARTS
from ..testing_telemetry import FakeTelemetry
from .test_service import OTHER, Fixture

SOCKET = "/run/pantheonchain/dpdk/rte/dpdk_telemetry.v2"


class Reread(Fixture):
    def test_files_that_it_takes_while_it_runs_start_nothing_anew(self):
        self.converge()
        self.answers(reloads=3, refused_reloads=1)
        self.configure(f"{HOT}\n")
        self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (1, 1))
        self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (1, 1))

    def test_files_that_it_refuses_while_it_runs_start_it_anew(self):
        self.converge()
        self.answers(reloads=0, refused_reloads=0)
        self.configure(f"{COLD}\n")
        self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (1, 2))

    def test_one_that_does_not_say_is_started_anew(self):
        self.converge()
        self.answers(reloads=0, refused_reloads=0)
        self.configure("neither\n")
        with mock.patch.object(reread, "_SECONDS", 0.1):
            self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (1, 2))

    def test_one_of_an_earlier_release_is_not_told(self):
        self.converge()
        self.answers(version="0.0.1")
        self.configure(f"{HOT}\n")
        self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (0, 2))

    def test_another_image_beside_other_files_starts_it_anew(self):
        self.converge()
        self.answers(reloads=0, refused_reloads=0)
        self.configure(f"{HOT}\n")
        self.plan["image"] = {"reference": OTHER, "plainHttp": True}
        self.converge()
        self.assertEqual((self.plane.told, self.plane.starts), (0, 2))

    def test_what_it_took_is_the_way_back_from_then_on(self):
        self.converge()
        self.answers(reloads=0, refused_reloads=0)
        self.configure(f"{HOT}\n")
        self.converge()
        self.configure(f"{NEVER_STARTS}\n")
        with mock.patch.object(reread, "_SECONDS", 0.1):
            self.fails("the one before runs again")
        self.assertIn(HOT, self.machine.text("/etc/pantheonchain/config.toml"))

    def answers(self, **node: object) -> None:
        """A program that answers as the one that runs does, from now on."""
        self.plane.telemetry = {"/pantheon/node": dict(node)}
        served = FakeTelemetry(self.machine.root / SOCKET[1:], self.plane.telemetry)
        self.addCleanup(served.close)
