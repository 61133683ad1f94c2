"""Packages come, and exactly those that came go again."""

from __future__ import annotations

import unittest

from ..errors import AgentError, Refused
from ..node import Completed
from ..testing_machine import Machine, plan, scratch
from . import packages


class Packages(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine(scratch(self))
        self.node = self.machine.node()
        self.plan = plan([], ["dpdk-dev", "tool"])

    def installed(self) -> list[str]:
        return self.machine.path("/var/lib/dpkg/status").read_text().split()

    def ran(self, start: str) -> list[str]:
        return [command for command in self.machine.commands if command.startswith(start)]

    def test_what_is_there_needs_no_network_and_no_apt(self) -> None:
        self.machine.write("/var/lib/dpkg/status", "dpdk-dev\ntool\n")
        self.assertEqual(packages.check(self.node, self.plan).state, "ok")
        packages.apply(self.node, self.plan)
        self.assertEqual(self.ran("apt-get"), [])

    def test_what_is_missing_is_named(self) -> None:
        self.assertEqual(packages.check(self.node, self.plan).state, "absent")
        self.machine.write("/var/lib/dpkg/status", "tool\n")
        found = packages.check(self.node, self.plan)
        self.assertEqual((found.state, found.saw), ("partial", "not installed: dpdk-dev"))

    def test_what_would_take_a_package_of_the_operators_away_is_refused(self) -> None:
        """apt-get -y removes what is in the way without a word, and revert could not bring it back as it was."""
        self.machine.write("/var/lib/dpkg/status", "libc6\nsystemd-timesyncd\n")
        with self.assertRaisesRegex(AgentError, "remove is disabled"):
            packages.apply(self.node, plan([], ["chrony"]))
        self.assertEqual(self.installed(), ["libc6", "systemd-timesyncd"])

    def test_what_came_with_it_goes_with_it_and_what_was_there_stays(self) -> None:
        self.machine.write("/var/lib/dpkg/status", "libc6\ntool\n")
        packages.apply(self.node, self.plan)
        self.assertEqual(self.installed(), ["dpdk-dev", "libc6", "libdpdk-dev", "tool"])
        self.assertEqual(packages.revert(self.node), ["packages purged: dpdk-dev libdpdk-dev"])
        self.assertEqual(self.installed(), ["libc6", "tool"])
        self.assertEqual(packages.revert(self.node), [])

    def test_new_package_lists_are_fetched_only_where_the_old_ones_will_not_do(self) -> None:
        packages.apply(self.node, self.plan)
        self.assertEqual([command for command in self.ran("apt-get") if command.endswith("update")], [])

    def test_lists_that_do_not_know_a_package_are_fetched(self) -> None:
        real = self.machine.run
        self.node.runner = lambda argv, timeout, stdin: (
            Completed(100, "", "E: Unable to locate package") if "-s" in argv else real(argv, timeout, stdin)
        )
        packages.apply(self.node, self.plan)
        self.assertEqual(len([command for command in self.ran("apt-get") if command.endswith("update")]), 1)
        self.assertIn("dpdk-dev", self.installed())

    def test_an_interrupted_dpkg_is_finished_first(self) -> None:
        self.machine.write("/var/lib/dpkg/updates/0001", "")
        packages.apply(self.node, self.plan)
        commands = [command for command in self.machine.commands if command.startswith(("dpkg --configure", "apt-get"))]
        self.assertTrue(commands[0].startswith("dpkg --configure -a"))

    def test_a_failed_installation_is_one_line_and_what_it_brought_goes_on_revert(self) -> None:
        real = self.machine.run

        def breaks(argv, timeout, stdin):
            done = real(argv, timeout, stdin)
            return Completed(100, "", "E: Failed to fetch") if "install" in argv and "-s" not in argv else done

        self.node.runner = breaks
        with self.assertRaisesRegex(AgentError, "ended with 100, found E: Failed to fetch"):
            packages.apply(self.node, self.plan)
        self.node.runner = real
        packages.revert(self.node)
        self.assertEqual(self.installed(), ["libc6"])

    def test_a_package_that_the_operators_own_needs_by_now_is_kept_and_said(self) -> None:
        packages.apply(self.node, plan([], ["tool", "dpdk-dev"]))
        real = self.machine.run

        def mine_needs_tool(argv, timeout, stdin):
            if argv[:3] == ("apt-get", "-s", "purge") and "tool" in argv:
                return Completed(0, "Purg mine [1.0]\nPurg tool [1.0]\n", "")
            return real(argv, timeout, stdin)

        self.node.runner = mine_needs_tool
        said = packages.revert(self.node)
        self.assertEqual(
            said, ["packages purged: dpdk-dev libdpdk-dev", "packages kept, others need them by now: tool"]
        )

    def test_what_is_no_name_never_reaches_a_command(self) -> None:
        with self.assertRaisesRegex(Refused, "no name of a package.*--force-yes"):
            packages.apply(self.node, plan([], ["--force-yes"]))

    def test_a_node_without_dpkg_is_refused(self) -> None:
        self.machine.path("/var/lib/dpkg/status").unlink()
        with self.assertRaisesRegex(Refused, "with apt, dnf and yum only"):
            packages.check(self.node, self.plan)
        self.assertEqual(packages.check(self.node, plan([])).state, "ok")


if __name__ == "__main__":
    unittest.main()
