from __future__ import annotations

import io
import sys
import textwrap
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from . import pmdprompt, traffic
from .errors import AgentError, Refused
from .stages import modules, nic_binding, virtual_functions
from .testing_layout import VFS
from .testing_tree import Machine, plan

PEER = "52:54:00:d1:00:02"
# A stand-in for dpdk-testpmd: its prompt, its texts (22.11), and a port that receives half of what it sends.
TESTPMD = """
    import sys
    sent = 0
    print("EAL: Detected CPU lcores: 4", flush=True)
    if "BROKEN" in sys.argv: sys.exit("EAL: Error - exiting with code: 1")
    print("LINK state change event")
    while True:
        sys.stdout.write("testpmd> "); sys.stdout.flush()
        line = sys.stdin.readline()
        if not line: break
        if line.startswith("start tx_first"): sent += 32 * int(line.split()[2])
        if line.startswith("show port info"): print("Link status: LINK")
        if line.startswith("show port stats"):
            print(f"  RX-packets: {sent // 2}          RX-missed: 3          RX-bytes:  60")
            print(f"  RX-errors: 0\\n  RX-nombuf:  0\\n  TX-packets: {sent}      TX-errors: 0      TX-bytes:  60")
"""


class Traffic(unittest.TestCase):
    def setUp(self):
        self.machine, self.plan = Machine(), plan()
        self.addCleanup(self.machine.remove)
        for stage in (modules, virtual_functions, nic_binding):
            stage.apply(self.machine.node(), self.plan)
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.program = Path(folder.name, "testpmd.py")
        self.started: list[list[str]] = []

    def exchange(self, first: bool = True, link: str = "up", more: tuple[str, ...] = (), pci: str = VFS[0]) -> dict:
        self.program.write_text(textwrap.dedent(TESTPMD).replace("LINK", link))

        def starter(argv):
            self.started.append(list(argv))
            return pmdprompt.start([sys.executable, str(self.program), *more])

        self.said = io.StringIO()
        with redirect_stderr(self.said), mock.patch.object(traffic, "_KICK_SECONDS", 0.1):
            return traffic.traffic(self.machine.node(), pci, PEER, 1, first, starter)

    def test_the_first_side_starts_again_and_counts_what_came_back(self):
        found = self.exchange()
        self.assertGreater(found["sent"], 32 * 4)
        self.assertEqual(found["received"] * 2, found["sent"])
        self.assertEqual(
            (found["lost"], found["link"], found["pci"]), (found["sent"] - found["received"], "up", VFS[0])
        )
        self.assertEqual(self.said.getvalue(), "ready\n")

    def test_the_other_side_only_swaps(self):
        self.assertEqual(self.exchange(first=False)["sent"], 0)

    def test_the_prompt_runs_on_a_housekeeping_cpu_and_forwarding_on_an_isolated_one(self):
        self.exchange(first=False)
        argv = self.started[0]
        self.assertEqual(argv[argv.index("-l") + 1 : argv.index("-n")], ["0,2", "--main-lcore", "0"])
        self.assertIn(f"--eth-peer=0,{PEER}", argv)

    def test_no_link_is_an_error_after_its_deadline(self):
        with (
            mock.patch.object(traffic, "LINK_SECONDS", 0),
            self.assertRaisesRegex(AgentError, "no link on the function"),
        ):
            self.exchange(link="down")

    def test_a_testpmd_that_ends_is_an_error_with_its_last_words(self):
        with self.assertRaisesRegex(AgentError, "testpmd ended.*exiting with code: 1"):
            self.exchange(more=("BROKEN",))

    def test_a_function_on_another_driver_is_refused(self):
        nic_binding.revert(self.machine.node())
        with self.assertRaisesRegex(Refused, "not on vfio-pci"):
            self.exchange()

    def test_a_missing_testpmd_names_its_package(self):
        with self.assertRaisesRegex(AgentError, "package dpdk-dev"):
            pmdprompt.start(["/nowhere/dpdk-testpmd"])


if __name__ == "__main__":
    unittest.main()
