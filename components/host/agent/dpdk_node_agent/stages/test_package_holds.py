"""What an unattended upgrade would break stays as it is, and only what we held is let go again."""

from __future__ import annotations

import unittest
from unittest import mock

from ..errors import AgentError, Refused
from ..node import Completed
from ..testing_machine import Machine, plan, scratch
from ..testing_tree import Killed, KernelNode
from . import packages

STATUS = "/var/lib/dpkg/status"
KERNEL = "linux-image-6.1.0-56-amd64\nlinux-image-amd64\n"


def held(names: list[str], holds: list[str], **more: object) -> dict:
    return {**plan([], names), "holdPackages": holds, **more}


class Holds(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine(scratch(self))
        self.machine.write(STATUS, f"libc6\n{KERNEL}")

    def node(self, kill_at: int | None = None) -> KernelNode:
        return KernelNode(self.machine.root, self.machine.run, None, kill_at)

    def holds(self) -> list[str]:
        return self.machine._noted("holds")

    def test_a_package_is_held_and_let_go_before_it_is_removed(self) -> None:
        wanted = held(["dpdk-dev"], ["dpdk-dev"])
        packages.apply(self.node(), wanted)
        self.assertEqual((packages.check(self.node(), wanted).state, self.holds()), ("ok", ["dpdk-dev"]))
        said = packages.revert(self.node())
        self.assertEqual(said[0], "packages not held any more: dpdk-dev")
        self.assertEqual((self.holds(), self.machine.path(STATUS).read_text()), ([], f"libc6\n{KERNEL}"))

    def test_a_hold_that_somebody_takes_away_is_seen_and_comes_back(self) -> None:
        wanted = held(["dpdk-dev"], ["dpdk-dev"])
        packages.apply(self.node(), wanted)
        self.machine._note("holds", [])
        self.assertEqual(packages.check(self.node(), wanted).saw, "not held: dpdk-dev")
        packages.apply(self.node(), wanted)
        self.assertEqual(self.holds(), ["dpdk-dev"])

    def test_what_the_operator_held_stays_held(self) -> None:
        self.machine.write(STATUS, f"dpdk-dev\nlibc6\n{KERNEL}")
        self.machine._note("holds", ["dpdk-dev", "libc6"])
        packages.apply(self.node(), held(["dpdk-dev"], ["dpdk-dev"]))
        packages.revert(self.node())
        self.assertEqual(self.holds(), ["dpdk-dev", "libc6"])

    def test_the_kernel_is_held_with_the_package_by_which_the_next_one_would_come(self) -> None:
        wanted = held([], [], holdKernel=True)
        self.assertEqual(packages.explain(self.node(), wanted)[0][:18], "hold linux-image-6")
        packages.apply(self.node(), wanted)
        self.assertEqual(self.holds(), ["linux-image-6.1.0-56-amd64", "linux-image-amd64"])
        packages.apply(self.node(), held([], []))
        self.assertEqual(self.holds(), [])

    def test_a_hold_of_an_earlier_plan_is_seen_and_let_go(self) -> None:
        packages.apply(self.node(), held(["dpdk-dev", "tool"], ["dpdk-dev", "tool"]))
        wanted = held(["dpdk-dev", "tool"], ["tool"])
        self.assertEqual(packages.check(self.node(), wanted).saw, "held for an earlier plan: dpdk-dev")
        packages.apply(self.node(), wanted)
        self.assertEqual(self.holds(), ["tool"])

    def test_another_version_is_installed_although_we_hold_the_package(self) -> None:
        packages.apply(self.node(), held(["dpdk-dev=24.11.3-1"], ["dpdk-dev"]))
        wanted = held(["dpdk-dev=24.11.4-1"], ["dpdk-dev"])
        self.assertEqual(packages.check(self.node(), wanted).saw, "not installed: dpdk-dev=24.11.4-1")
        packages.apply(self.node(), wanted)
        self.assertEqual((packages.check(self.node(), wanted).state, self.holds()), ("ok", ["dpdk-dev"]))
        packages.revert(self.node())
        self.assertEqual(self.machine._noted("versions"), [])

    def test_an_installation_that_fails_leaves_what_was_held_held(self) -> None:
        packages.apply(self.node(), held(["dpdk-dev=24.11.3-1"], ["dpdk-dev"], holdKernel=True))
        before = self.holds()
        real = self.machine.run

        def breaks(argv, timeout, stdin):
            return Completed(100, "", "E: no network") if "install" in argv else real(argv, timeout, stdin)

        with mock.patch.object(self.machine, "run", breaks), self.assertRaisesRegex(AgentError, "no network"):
            packages.apply(self.node(), held(["dpdk-dev=24.11.4-1"], ["dpdk-dev"], holdKernel=True))
        self.assertEqual((self.holds(), len(before)), (before, 3))
        packages.revert(self.node())
        self.assertEqual(self.holds(), [])

    def test_a_package_that_was_there_in_another_version_is_refused_before_anything_is_changed(self) -> None:
        self.machine.write(STATUS, "dpdk-dev\nlibc6\n")
        with self.assertRaisesRegex(Refused, "dpdk-dev was here before, in another version.*1.0, asked 24.11.3-1"):
            packages.apply(self.node(), held(["dpdk-dev=24.11.3-1"], []))
        self.assertEqual([line for line in self.machine.commands if "apt" in line], [])

    def test_an_operators_hold_is_not_broken(self) -> None:
        packages.apply(self.node(), held(["dpdk-dev"], []))
        self.machine._note("holds", ["dpdk-dev"])
        with self.assertRaisesRegex(AgentError, "Held packages were changed"):
            packages.apply(self.node(), held(["dpdk-dev=2"], []))

    def test_unattended_upgrades_are_told_where_something_is_not_held(self) -> None:
        self.machine.write("/usr/bin/unattended-upgrade", "")
        self.machine.write("/etc/apt/apt.conf.d/20auto-upgrades", 'APT::Periodic::Unattended-Upgrade "1";\n')
        packages.apply(self.node(), held(["dpdk-dev", "tool"], ["dpdk-dev"]))
        saw = packages.check(self.node(), held(["dpdk-dev", "tool"], ["dpdk-dev"])).saw
        self.assertEqual(saw, "2 installed; unattended-upgrades may change tool: holdPackages keeps them")
        self.machine.write("/etc/apt/apt.conf.d/99local", 'APT::Periodic::Unattended-Upgrade "0";\n')
        self.assertEqual(packages.check(self.node(), held(["dpdk-dev"], ["dpdk-dev"])).saw, "1 installed")

    def test_killed_before_any_effect_it_converges_and_reverts(self) -> None:
        wanted = held(["dpdk-dev=2", "tool"], ["dpdk-dev"], holdKernel=True)
        node = self.node()
        packages.apply(node, wanted)
        applied, node = node.effects, self.node()
        packages.revert(node)
        for verb, count in (("apply", applied), ("revert", node.effects)):
            for k in range(1, count + 1):
                with self.subTest(verb=verb, effect=k):
                    self.machine = Machine(scratch(self))
                    self.machine.write(STATUS, f"libc6\n{KERNEL}")
                    before = self.machine.snapshot("/var/lib/dpkg")
                    if verb == "revert":
                        packages.apply(self.node(), wanted)
                    with self.assertRaises(Killed):
                        packages.apply(self.node(k), wanted) if verb == "apply" else packages.revert(self.node(k))
                    if verb == "apply":
                        packages.apply(self.node(), wanted)
                        self.assertEqual(packages.check(self.node(), wanted).state, "ok")
                    packages.revert(self.node())
                    self.assertEqual(self.machine.snapshot("/var/lib/dpkg"), before)


if __name__ == "__main__":
    unittest.main()
