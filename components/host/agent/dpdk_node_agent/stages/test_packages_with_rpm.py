"""Packages on the family of RHEL, against a machine that behaves as the manuals of rpm, dnf and yum say."""

from __future__ import annotations

import unittest

from ..errors import AgentError, Refused
from ..node import Completed
from ..packagemanagers import exclusions
from ..store import saved
from ..testing_machine import plan, scratch
from ..testing_rpm import AMAZON_2, RpmMachine
from ..testing_tree import Killed, KernelNode
from . import packages

DNF = "/etc/dnf/dnf.conf"


def asked(names: list[str], **more: object) -> dict:
    return {**plan([], names), "packageManager": "dnf", "acceptUnproved": ["dnf"], **more}


class WithDnf(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = RpmMachine(scratch(self))

    def node(self, kill_at: int | None = None) -> KernelNode:
        return KernelNode(self.machine.root, self.machine.run, None, kill_at)

    def test_what_came_goes_and_what_was_there_stays(self) -> None:
        before = self.machine.packages()
        packages.apply(self.node(), asked(["dpdk-devel"]))
        self.assertEqual(packages.check(self.node(), asked(["dpdk-devel"])).state, "ok")
        self.assertEqual(sorted(self.machine.packages()), ["bash", "dpdk", "dpdk-devel", "kernel", "numactl-libs"])
        said = packages.revert(self.node())
        self.assertEqual(said, ["packages purged: dpdk-devel.x86_64 dpdk.x86_64 numactl-libs.x86_64"])
        self.assertEqual(self.machine.packages(), before)

    def test_without_a_word_of_the_operator_nothing_is_touched(self) -> None:
        for word in ({}, {"packageManager": "dnf"}, {"packageManager": "dnf", "acceptUnproved": ["bls", "yum"]}):
            for verb in (packages.check, packages.apply, packages.explain):
                with self.assertRaisesRegex(Refused, r"machines of tests only.*: dnf` and `acceptUnproved: \[dnf\]`"):
                    verb(self.node(), {**plan([], ["dpdk-devel"]), **word})
        self.assertEqual(self.machine.commands, [])

    def test_a_word_for_another_package_manager_is_refused(self) -> None:
        with self.assertRaisesRegex(Refused, "another package manager.*yum for Rocky Linux 9.4"):
            packages.check(self.node(), {**asked(["dpdk"]), "packageManager": "yum"})

    def test_a_package_that_the_operators_own_needs_by_now_is_kept_with_what_it_needs(self) -> None:
        packages.apply(self.node(), asked(["dpdk-devel"]))
        self.machine.keep({**self.machine.packages(), "mine": ["1.0-1"]})
        self.machine.needs["mine"] = ["dpdk"]
        said = packages.revert(self.node())
        self.assertEqual(
            said,
            [
                "packages purged: dpdk-devel.x86_64",
                "packages kept, others need them by now: dpdk.x86_64 numactl-libs.x86_64",
            ],
        )
        self.assertEqual(sorted(self.machine.packages()), ["bash", "dpdk", "kernel", "mine", "numactl-libs"])

    def test_an_exact_version_is_installed_and_checked(self) -> None:
        for version in ("24.11.2-1.el9", "24.11.2", "0:24.11.2-1.el9"):
            self.machine.keep({**self.machine.packages(), "dpdk": ["24.11.2-1.el9"]})
            self.assertEqual(packages.check(self.node(), asked([f"dpdk={version}"])).state, "ok", version)
        self.machine.keep({"bash": ["1-1"]})
        packages.apply(self.node(), asked(["dpdk=24.11.2-1.el9"]))
        self.assertIn("dnf -y --setopt=install_weak_deps=False install dpdk-24.11.2-1.el9", self.machine.commands)
        with self.assertRaisesRegex(AgentError, "Unable to find a match: dpdk-25.11"):
            packages.apply(self.node(), asked(["dpdk=25.11"]))

    def test_what_is_no_name_never_reaches_a_command(self) -> None:
        for wrong in (
            asked(["--nogpgcheck"]),
            asked(["dpdk=;id"]),
            asked(["dpdk"], holdPackages=["dpdk\nkeepcache=1"]),
        ):
            with self.assertRaisesRegex(Refused, "no name of a package"):
                packages.apply(self.node(), wrong)
        self.assertEqual(self.machine.commands, [])

    def test_a_cut_off_installation_is_mended_half_installed_packages_again_and_doubled_ones_once(self) -> None:
        real = self.machine.run

        def loses_power(argv, timeout, stdin):
            if "install" in argv:
                self.machine.keep(
                    {**self.machine.packages(), "dpdk": ["24.11.2-1.el9"], "bash": ["5.1.8-6", "5.1.8-9"]}
                )
                raise Killed
            return real(argv, timeout, stdin)

        node = self.node()
        node.runner = loses_power
        with self.assertRaises(Killed):
            packages.apply(node, asked(["dpdk-devel"]))
        self.machine.is_broken = True
        packages.apply(self.node(), asked(["dpdk-devel"]))
        changed = [line for line in self.machine.commands if not line.startswith("rpm -q")]
        self.assertEqual(
            [line for line in changed if line != "rpm -e"][-4:],
            [
                "rpm --rebuilddb",
                "dnf -y reinstall dpdk.x86_64",
                "dnf -y remove --duplicates",
                "dnf -y --setopt=install_weak_deps=False install dpdk-devel",
            ],
        )
        self.assertEqual(self.machine.packages()["kernel"], ["5.14.0-427.el9", "5.14.0-362.el9"])
        packages.revert(self.node())
        self.assertEqual(sorted(self.machine.packages()), ["bash", "kernel"])

    def test_another_ones_interrupted_transaction_is_left_alone(self) -> None:
        self.machine.keep({**self.machine.packages(), "bash": ["5.1.8-6", "5.1.8-9"]})
        packages.apply(self.node(), asked(["dpdk"]))
        self.assertNotIn("dnf -y remove --duplicates", self.machine.commands)

    def test_stale_metadata_is_fetched_again_once(self) -> None:
        real, tries = self.machine.run, []

        def stale(argv, timeout, stdin):
            if "install" in argv and "--refresh" not in argv:
                tries.append(argv)
                return Completed(1, "", "Error: Failed to download packages: Status code: 404")
            return real(argv, timeout, stdin)

        node = self.node()
        node.runner = stale
        packages.apply(node, asked(["dpdk"]))
        self.assertEqual((len(tries), "dpdk" in self.machine.packages()), (1, True))


class HeldWithDnf(unittest.TestCase):
    plan = asked(["dpdk-devel"], holdPackages=["dpdk-devel"], holdKernel=True)

    def setUp(self) -> None:
        self.machine = RpmMachine(scratch(self))

    def node(self, kill_at: int | None = None) -> KernelNode:
        return KernelNode(self.machine.root, self.machine.run, None, kill_at)

    def test_held_packages_stand_in_the_list_of_the_excluded_and_go_from_it(self) -> None:
        before = self.machine.text(DNF)
        packages.apply(self.node(), self.plan)
        self.assertEqual(self.machine.text(DNF), "[main]\nexclude=dpdk-devel kernel*\ngpgcheck=1\nbest=True\n")
        self.assertEqual(packages.check(self.node(), self.plan).state, "ok")
        packages.revert(self.node())
        self.assertEqual(self.machine.text(DNF), before)

    def test_the_operators_own_words_stay_as_they_were_written(self) -> None:
        before = "[main]\nexcludepkgs = vim ,\n  dpdk*\nbest=1\n[other]\nexclude=x\n"
        self.machine.write(DNF, before)
        self.machine.keep({**self.machine.packages(), "dpdk-devel": ["24.11.2-1.el9"]})
        packages.apply(self.node(), self.plan)
        self.assertEqual(self.machine.text(DNF), "[main]\nexclude=vim dpdk* kernel*\nbest=1\n[other]\nexclude=x\n")
        packages.revert(self.node())
        self.assertEqual(self.machine.text(DNF), before)

    def test_a_word_that_the_operator_added_since_stays(self) -> None:
        packages.apply(self.node(), self.plan)
        self.machine.write(DNF, self.machine.text(DNF).replace("exclude=", "exclude=vim "))
        packages.revert(self.node())
        self.assertIn("exclude=vim\n", self.machine.text(DNF))

    def test_what_is_held_does_not_keep_the_agent_from_what_the_plan_asks_for(self) -> None:
        packages.apply(self.node(), self.plan)
        self.machine.archive["dpdk-devel"] = "25.11.1-1.el9"
        newer = {**self.plan, "packages": ["dpdk-devel=25.11.1-1.el9"]}
        packages.apply(self.node(), newer)
        self.assertEqual(self.machine.packages()["dpdk-devel"], ["25.11.1-1.el9"])
        self.assertEqual(packages.check(self.node(), newer).state, "ok")

    def test_killed_before_any_effect_it_converges_and_reverts(self) -> None:
        node = self.node()
        packages.apply(node, self.plan)
        applied = node.effects
        node = self.node()
        packages.revert(node)
        self.assertGreater(applied, 4)
        for verb, count in (("apply", applied), ("revert", node.effects)):
            for k in range(1, count + 1):
                with self.subTest(verb=verb, effect=k):
                    self.machine = RpmMachine(scratch(self))
                    before = (self.machine.text(DNF), self.machine.packages())
                    if verb == "revert":
                        packages.apply(self.node(), self.plan)
                    with self.assertRaises(Killed):
                        packages.apply(self.node(k), self.plan) if verb == "apply" else packages.revert(self.node(k))
                    if verb == "apply":
                        packages.apply(self.node(), self.plan)
                        self.assertEqual(packages.check(self.node(), self.plan).state, "ok")
                    packages.revert(self.node())
                    self.assertEqual((self.machine.text(DNF), self.machine.packages()), before)
                    self.assertEqual(saved(self.node(), exclusions.STAGE), {})


class WithYum(unittest.TestCase):
    def test_amazon_linux_2_is_asked_through_yum(self) -> None:
        machine = RpmMachine(scratch(self), AMAZON_2, "/etc/yum.conf")
        node = KernelNode(machine.root, machine.run)
        wanted = {**asked(["dpdk"], holdKernel=True), "packageManager": "yum", "acceptUnproved": ["yum"]}
        before = machine.text("/etc/yum.conf")
        packages.apply(node, wanted)
        self.assertEqual(packages.check(node, wanted).state, "ok")
        self.assertIn("yum -y install dpdk", machine.commands)
        packages.revert(node)
        self.assertEqual((machine.text("/etc/yum.conf"), sorted(machine.packages())), (before, ["bash", "kernel"]))


if __name__ == "__main__":
    unittest.main()
