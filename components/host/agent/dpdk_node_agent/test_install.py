"""The packed agent comes to its place and goes without a trace."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from .converge import converge
from .errors import Refused, Retry
from .install import HOME, LINK, install, uninstall
from .testing_archive import packed
from .testing_machine import ASKED, Machine, no_facts, plan, scratch

_SOURCES = Path(__file__).resolve().parents[1]


def agent(extra: str = "") -> bytes:
    """The agent as the operator's side packs it."""
    inner = {
        str(place.relative_to(_SOURCES)): place.read_text()
        for place in sorted((_SOURCES / "dpdk_node_agent").rglob("*"))
        if place.suffix in (".py", ".json") and not place.name.startswith(("test_", "testing_"))
    }
    outer = {name: (_SOURCES / name).read_text() for name in ("__main__.py", "packed.py")}
    return packed(outer, {**inner, "dpdk_node_agent/extra.py": f"# {extra}"})


class Install(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = Machine(scratch(self))
        self.sent = scratch(self) / "sent.pyz"
        self.before = self.machine.snapshot("/etc", "/boot", "/usr", "/var", "/run")

    def install(self, extra: str = "") -> str:
        self.sent.write_bytes(agent(extra))
        found = hashlib.sha256(self.sent.read_bytes()).hexdigest()
        with mock.patch.object(sys, "argv", [str(self.sent)]):
            return install(self.machine.node(), found)[0]

    def test_the_running_file_is_copied_and_linked_and_again_is_fine(self) -> None:
        for _ in range(2):
            said = self.install()
        archive = self.machine.path(said.split()[-1])
        self.assertEqual(archive.read_bytes(), self.sent.read_bytes())
        self.assertEqual(self.machine.path(LINK).readlink(), Path(said.split()[-1]))

    def test_a_newer_agent_takes_the_older_ones_place(self) -> None:
        self.install()
        said = self.install("newer")
        name = Path(said.split()[-1]).name
        self.assertEqual(self.machine.node().names(HOME), [name, f"{name}.{sys.implementation.cache_tag}"])

    def test_another_file_than_the_one_that_was_sent_is_refused(self) -> None:
        self.sent.write_bytes(agent())
        with (
            mock.patch.object(sys, "argv", [str(self.sent)]),
            self.assertRaisesRegex(Refused, "not the agent that was sent"),
        ):
            install(self.machine.node(), "0" * 64)
        self.assertEqual(self.machine.snapshot("/etc", "/boot", "/usr", "/var", "/run"), self.before)

    def test_the_installed_agent_runs_from_its_bytecode(self) -> None:
        archive = self.machine.path(self.install().split()[-1])
        done = subprocess.run(
            [sys.executable, "-v", str(archive), "--help"], capture_output=True, text=True, check=True
        )
        self.assertIn("converge", done.stdout)
        self.assertRegex(done.stderr, rf"dpdk_node_agent\.cli.*{sys.implementation.cache_tag}")

    def test_uninstall_leaves_nothing_also_in_the_middle_of_a_trial(self) -> None:
        self.install()
        with self.assertRaises(Retry):
            converge(self.machine.node(), json.dumps(plan(ASKED, ["tool"])), 5, lambda line: None)
        uninstall(self.machine.node(), 1)
        self.assertEqual(self.machine.snapshot("/etc", "/boot", "/usr", "/var", "/run"), self.before)

    def test_uninstall_of_nothing_is_fine(self) -> None:
        self.assertEqual(uninstall(self.machine.node(), 1), ["nothing of dpdk-fleet is on this node"])
        self.assertEqual(
            self.machine.snapshot("/etc", "/boot", "/usr", "/var"),
            {k: v for k, v in self.before.items() if not k.startswith("run")},
        )


if __name__ == "__main__":
    unittest.main()
