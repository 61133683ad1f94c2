"""systemd reads a unit when it is installed: by itself where it can, and told to where it cannot."""

from __future__ import annotations

import unittest
from typing import Sequence
from unittest import mock

from . import units
from .node import Completed
from .testing_machine import scratch
from .testing_tree import Machine, answer

_SHOW = ["systemctl", "show"]


class Install(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine(scratch(self))
        self.commands: list[list[str]] = []

    def install(self, text: str, shown: str | None = None) -> None:
        """Installs one unit; `shown` is what systemd says of it, where it is not what it should say."""

        def run(machine: Machine, argv: Sequence[str]) -> Completed:
            self.commands.append(list(argv))
            return Completed(0, shown, "") if shown is not None and list(argv[:2]) == _SHOW else answer(machine, argv)

        with mock.patch("dpdk_node_agent.testing_tree.answer", run):
            units.install(self.machine.node(), "stage", "a.service", text, "multi-user.target")

    def reloads(self) -> int:
        return self.commands.count(["systemctl", "daemon-reload"])

    def test_a_new_unit_that_systemd_reads_by_itself_needs_no_reload(self) -> None:
        self.install("[Unit]\n")
        self.assertEqual([command[:2] for command in self.commands], [_SHOW])
        self.assertTrue(units.is_installed(self.machine.node(), "a.service", "[Unit]\n", "multi-user.target"))

    def test_systemd_is_told_where_it_has_not_read_the_file(self) -> None:
        file = "/etc/systemd/system/a.service"
        for shown in (
            "LoadState=not-found\nFragmentPath=\nNeedDaemonReload=no\n",
            "LoadState=loaded\nFragmentPath=/proc/self/mountinfo\nNeedDaemonReload=no\n",
            f"LoadState=loaded\nFragmentPath={file}\nNeedDaemonReload=yes\n",
            "",
        ):
            with self.subTest(shown=shown):
                self.commands.clear()
                self.install("[Unit]\n", shown)
                self.assertEqual(self.reloads(), 1)
                units.remove(self.machine.node(), "stage")

    def test_systemd_is_told_where_the_text_changes(self) -> None:
        self.install("[Unit]\n")
        self.install("[Unit]\nDescription=another\n")
        self.assertEqual(self.reloads(), 1)

    def test_the_same_again_asks_nothing(self) -> None:
        self.install("[Unit]\n")
        self.commands.clear()
        self.install("[Unit]\n")
        self.assertEqual(self.commands, [])
