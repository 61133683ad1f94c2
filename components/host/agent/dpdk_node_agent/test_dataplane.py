"""What the data plane says of itself, and what is said where it says nothing."""

from __future__ import annotations

import unittest
from unittest import mock

from . import telemetry
from .dataplane import data_plane, lines
from .status import status
from .telemetry import Telemetry, Unanswered
from .testing_service import PODMAN_IMAGE, with_service
from .testing_telemetry import FakeTelemetry
from .testing_tree import Machine, plan

SOCKET = "/run/pantheonchain/dpdk/rte/dpdk_telemetry.v2"
PEER = {"address": "10.78.0.2", "sent": 12, "received": 11, "lost": 0, "late": 0, "duplicated": 0, "rtt_us": 900}
ANSWERS = {
    "/ethdev/list": [0],
    "/ethdev/link_status,0": {"status": "UP", "speed": 1000, "duplex": "full-duplex"},
    "/ethdev/stats,0": {"ipackets": 11, "opackets": 12, "imissed": 1, "ierrors": 0, "q_ipackets": [11]},
    "/ethdev/info,0": {"name": "0000:02:10.0", "nb_rx_queues": 2},
    "/pantheon/peers": {"beta": PEER},
    "/pantheon/node": {"version": "0.1.0", "peers": 1},
}


class DataPlane(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), with_service(plan(), "podman")
        self.addCleanup(self.machine.remove)
        self.machine.data_plane.active = "active"

    def serve(self, answers: dict, **how: bytes) -> None:
        served = FakeTelemetry(self.machine.root / SOCKET[1:], answers, **how)
        self.addCleanup(served.close)

    def found(self) -> dict:
        answer = data_plane(self.machine.node(), self.plan)
        assert answer is not None
        return answer

    def test_ports_and_peers_are_as_the_program_says(self):
        self.serve(ANSWERS)
        found = self.found()
        self.assertEqual((found["unit"]["active"], found["digest"]), ("active", PODMAN_IMAGE.partition("@")[2]))
        port = found["ports"][0]
        self.assertEqual((port["pci"], port["link"], port["speed"], port["rxQueues"]), ("0000:02:10.0", "up", 1000, 2))
        self.assertEqual((port["ipackets"], port["opackets"], port["imissed"], port["ierrors"]), (11, 12, 1, 0))
        self.assertEqual((found["peers"], found["node"]["version"]), ({"beta": PEER}, "0.1.0"))
        text = "\n".join(lines(found))
        self.assertIn("port 0 0000:02:10.0: link up, 2 rx queues, ipackets=11 opackets=12", text)
        self.assertIn("peer beta: address=10.78.0.2 sent=12 received=11 lost=0", text)

    def test_a_program_without_peers_and_a_port_that_is_down(self):
        self.serve({"/ethdev/list": [0], "/ethdev/link_status,0": {"status": "DOWN"}})
        found = self.found()
        self.assertEqual((found["ports"][0]["link"], found["ports"][0]["speed"], found["peers"]), ("down", None, {}))

    def test_a_service_that_runs_without_a_socket_is_said(self):
        self.assertEqual(self.found()["telemetry"], f"the service runs, and there is no {SOCKET}")
        self.machine.data_plane.active = "failed"
        self.assertEqual(self.found()["telemetry"], "the service does not run")

    def test_a_socket_that_nobody_serves_is_said(self):
        self.machine.file(SOCKET, "")
        self.assertIn("Connection refused", self.found()["telemetry"])

    def test_an_answer_that_is_cut_or_does_not_come_is_said(self):
        self.serve({**ANSWERS, "/pantheon/peers": '{"/pantheon/peers": {"be'})
        self.assertIn("no JSON", self.found()["telemetry"])

    def test_a_program_that_hangs_is_not_waited_for_for_ever(self):
        self.serve({}, greeting=b'{"version": "x"}')
        with mock.patch.object(telemetry, "_SECONDS", 0.05), mock.patch.object(FakeTelemetry, "_serve"):
            place = self.machine.root / "run/silent"
            served = FakeTelemetry(place, {})
            with self.assertRaisesRegex(Unanswered, "timed out"):
                Telemetry(self.machine.node(), "/run/silent")
            served.listening.close()

    def test_a_plan_without_a_service_has_no_data_plane(self):
        self.assertIsNone(data_plane(self.machine.node(), plan()))
        asked = {**plan(), "packages": []}
        asked["kernel"]["arguments"].append("mitigations=off")  # so that no boot loader is asked
        self.assertIsNone(status(self.machine.node(), asked)["dataPlane"])
        self.assertEqual(lines(None), ["the plan has no service"])


if __name__ == "__main__":
    unittest.main()
