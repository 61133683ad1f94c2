"""What a check loads, and so what it costs: monitoring asks every node all day, and a small machine takes ten times as long
to load a module as the one at your desk."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path

from . import planfile, stages, testing_machine
from .testing_kubelet import with_kubelet
from . import test_stages_survive_kills as kills  # not by name: unittest would run its tests here too

# What is large in itself or brings much along. inspect, ast and dis come with dataclasses.
_HEAVY = (
    "argparse ast asyncio dataclasses dis email http inspect ipaddress logging pathlib pkgutil platform py_compile shutil "
    "subprocess tarfile tempfile unittest urllib zipfile"
).split()
_PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from dpdk_node_agent.cli import main
main(sys.argv[2:])
print(*sys.modules, file=sys.stderr)
"""


class WhatACheckLoads(unittest.TestCase):
    def setUp(self) -> None:
        """A node on which every stage of the run phase has done its work, and that boots by GRUB."""
        machine = kills.machine_for_service()
        self.addCleanup(machine.remove)
        plan = kills.StagesSurviveKills().plan()
        for name in kills.ALL:
            kills.stage(name).apply(machine.node(), plan)
        testing_machine.Machine(machine.root)
        machine.file("/etc/os-release", "ID=debian\n")
        planfile.keep(machine.node(), with_kubelet(plan))
        self.root = machine.root

    def answer(self, verb: str) -> tuple[str, set[str]]:
        """What the verb says, and the modules that its process had in the end."""
        sources = Path(__file__).resolve().parents[1]
        words = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(sources), "--root", str(self.root), verb]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        return done.stdout, set(done.stderr.splitlines()[-1].split())

    def test_neither_check_nor_status_loads_what_is_heavy(self) -> None:
        said, loaded = self.answer("check")
        self.assertEqual([line.partition(":")[0] for line in said.splitlines()], list(stages.ALL))
        self.assertLessEqual({"dpdk_node_agent.stages.service", "dpdk_node_agent.kubeletruns"}, loaded)
        self.assertEqual(sorted(loaded.intersection(_HEAVY)), [])
        said, loaded = self.answer("status")
        self.assertEqual(list(json.loads(said)["stages"]), list(stages.ALL))
        self.assertEqual(sorted(loaded.intersection(_HEAVY)), [])


if __name__ == "__main__":
    unittest.main()
