"""A worker's kubelet goes by the plan's file, is started anew where it read something else, and comes back where it cannot start."""

from __future__ import annotations

import json
import unittest
from unittest import mock

from .. import kubeletplan, kubeletruns, kubeletstate, kubeletswap, planfile
from ..errors import AgentError, Refused
from ..kubeletready import kubelet_ready
from ..stage import State
from ..testing_kubelet import (
    CPU_STATE,
    DROP_IN,
    FILE,
    FOLDER,
    MEMORY_STATE,
    SERVICE,
    STATE,
    Kubelet,
    ready_for_kubelet,
    with_kubelet,
)
from ..testing_tree import Machine, plan
from . import hugepages, kubelet

POOL = "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages"


class Fixture(unittest.TestCase):
    def setUp(self) -> None:
        self.machine, self.plan = Machine(), with_kubelet(plan())
        self.addCleanup(self.machine.remove)
        ready_for_kubelet(self.machine)
        self.before = self.machine.snapshot()
        for module, name in ((kubeletswap, "READY_SECONDS"), (kubelet, "READY_SECONDS"), (kubelet, "BOOT_SECONDS")):
            patched = mock.patch.object(module, name, 0)
            patched.start()
            self.addCleanup(patched.stop)

    @property
    def kubelet(self) -> Kubelet:
        assert self.machine.kubelet is not None
        return self.machine.kubelet

    def apply(self) -> None:
        kubelet.apply(self.machine.node(), self.plan)

    def saw(self) -> str:
        return kubelet.check(self.machine.node(), self.plan).saw

    def state(self) -> State:
        return kubelet.check(self.machine.node(), self.plan).state

    def kept(self, path: str) -> dict:
        return json.loads(self.machine.text(path))

    def fails(self, saying: str, kind: type[AgentError] = AgentError) -> str:
        with self.assertRaisesRegex(kind, saying) as caught:
            self.apply()
        return caught.exception.line()


class Converges(Fixture):
    def test_it_runs_with_the_file_and_a_second_apply_does_nothing(self) -> None:
        self.assertEqual(self.state(), State.ABSENT)
        self.apply()
        self.assertEqual((self.state(), self.kubelet.starts), (State.OK, 2))
        self.assertEqual([self.kept(path)["policyName"] for path in (CPU_STATE, MEMORY_STATE)], ["static", "Static"])
        self.apply()
        self.assertEqual(self.kubelet.starts, 2)

    def test_it_waits_at_boot_for_what_it_counts_and_starts_without_it_too(self) -> None:
        self.apply()
        waits = "dpdk-node-boot.service hugepages.service"
        self.assertEqual(
            self.machine.text(DROP_IN),
            f"# Written by dpdk-node-agent.\n[Unit]\nWants={waits}\nAfter={waits}\n\n"
            "[Service]\nExecStartPre=-/usr/local/sbin/dpdk-node-agent kubelet-ready",
        )

    def test_a_node_without_anything_to_wait_for_waits_for_nothing(self) -> None:
        self.plan.update(hugepages=[], nics=[], sysctl=[])
        self.apply()
        self.assertNotIn("[Unit]", self.machine.text(DROP_IN))

    def test_pages_that_changed_since_its_start_start_it_anew_and_pods_keep_their_cpus(self) -> None:
        self.apply()
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        self.machine.file(POOL, "64\n")
        self.assertIn("knows 0 hugepages of 2M on NUMA node 0, now 64", self.saw())
        self.apply()
        self.assertEqual((self.state(), self.kubelet.starts), (State.OK, 3))
        self.assertEqual(self.kept(CPU_STATE)["entries"], {"pod-1": {"node": "2"}})
        self.assertEqual(self.kept(MEMORY_STATE)["machineState"]["0/2M"], 64)

    def test_a_file_that_somebody_changed_is_written_again_and_the_kubelet_started_anew_if_it_read_it(self) -> None:
        self.apply()
        self.machine.file(FILE, "{}\n")
        self.assertIn(f"{FILE}: another", self.saw())
        self.apply()
        self.assertEqual((self.state(), self.kubelet.starts), (State.OK, 2))
        self.machine.file(FILE, "{}\n")
        self.kubelet.stop(self.machine)
        for path in (CPU_STATE, MEMORY_STATE):
            self.machine.node().remove(path)
        self.kubelet.start(self.machine)
        self.apply()
        self.assertEqual((self.state(), self.kept(CPU_STATE)["policyName"]), (State.OK, "static"))

    def test_one_that_stands_still_is_started(self) -> None:
        self.apply()
        self.kubelet.stop(self.machine)
        self.assertIn(f"{SERVICE}: inactive (dead)", self.saw())
        self.apply()
        self.assertEqual(self.state(), State.OK)

    def test_one_that_came_back_by_itself_is_left_running(self) -> None:
        self.apply()
        self.kubelet.stop(self.machine)
        self.kubelet.start(self.machine)
        self.assertEqual(self.state(), State.OK)

    def test_one_that_says_it_is_not_well_is_not_as_asked(self) -> None:
        self.apply()
        self.kubelet.healthz = "[-]log failed"
        self.assertIn("kubelet.service: healthz is not ok", self.saw())

    def test_a_healthz_that_answers_before_the_managers_are_there_is_no_proof(self) -> None:
        self.apply()
        for path in (CPU_STATE, MEMORY_STATE):
            self.machine.node().remove(path)
        self.assertIn("cpu_manager_state is not of the policy static", self.saw())

    def test_another_unit_than_the_plan_before_named_is_left_as_it_was(self) -> None:
        self.apply()
        self.plan["kubelet"]["file"] = f"{FOLDER}/70-other.conf"
        self.apply()
        self.assertEqual((self.state(), self.machine.node().names(FOLDER)), (State.OK, ["70-other.conf"]))

    def test_a_plan_without_a_kubelet_takes_it_back(self) -> None:
        self.apply()
        del self.plan["kubelet"]
        self.assertEqual(self.state(), State.PARTIAL)
        self.assertIn("drain this worker first", kubelet.explain(self.machine.node(), self.plan)[0])
        self.apply()
        self.assertEqual((self.state(), self.machine.snapshot()), (State.OK, self.before))

    def test_what_up_would_do_says_to_drain_first(self) -> None:
        for line in kubelet.explain(self.machine.node(), self.plan):
            self.assertIn("start kubelet.service anew: ", line)
            self.assertIn("drain this worker first", line)

    def test_a_kubelet_that_stood_still_at_revert_is_not_started(self) -> None:
        self.apply()
        self.kubelet.stop(self.machine)
        kubelet.revert(self.machine.node())
        self.assertEqual((self.kubelet.active, self.machine.node().names(STATE)), ("inactive", []))


    def test_a_revert_says_that_hugepages_which_go_after_it_are_counted_until_it_starts_again(self) -> None:
        hugepages.apply(self.machine.node(), self.plan)
        self.apply()
        line = "reboot: kubelet.service counts the hugepages of now until it starts again"
        self.assertIn(line, kubelet.revert(self.machine.node()))


class Boots(Fixture):
    def boot(self) -> None:
        self.machine.reboot()
        self.kubelet.mem_total += 8
        self.kubelet.start(self.machine)

    def test_what_its_managers_kept_in_another_boot_is_gone_when_it_starts(self) -> None:
        self.apply()
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        self.boot()
        self.assertEqual((self.kubelet.active, self.kubelet.said), ("active", ""))
        self.assertNotIn("entries", self.kept(CPU_STATE))
        self.assertEqual((self.state(), self.kubelet.starts), (State.OK, 3))

    def test_without_the_drop_in_that_kubelet_would_end_again_and_again(self) -> None:
        self.apply()
        self.kubelet.loaded = ""
        self.boot()
        self.assertEqual(self.kubelet.said, "the expected machine state is different from the real one")

    def test_a_second_start_in_one_boot_keeps_the_cpus_of_pods(self) -> None:
        self.apply()
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        kubelet_ready(self.machine.node(), "another")
        self.assertIn("entries", self.kept(CPU_STATE))

    def test_one_that_is_still_starting_after_a_boot_is_waited_for(self) -> None:
        self.machine.reboot()
        self.kubelet.has_job = True

        def come_up(_seconds: float) -> None:
            self.kubelet.has_job = False
            self.kubelet.start(self.machine)

        with mock.patch.object(kubelet, "BOOT_SECONDS", 60), mock.patch("dpdk_node_agent.polling.time.sleep", come_up):
            kubelet.refuse_impossible(self.machine.node(), self.plan)
        self.assertEqual(self.kubelet.active, "active")


class Refuses(Fixture):
    def refused(self, saying: str) -> None:
        before = self.machine.snapshot()
        with self.assertRaisesRegex(Refused, saying):
            kubelet.refuse_impossible(self.machine.node(), self.plan)
        self.fails(saying, Refused)
        self.assertEqual(self.machine.snapshot(), before)

    def started_with(self, *words: str) -> None:
        self.kubelet.words = ["/usr/bin/kubelet", *words]
        self.kubelet.stop(self.machine)
        self.kubelet.start(self.machine)

    def test_a_node_without_the_unit(self) -> None:
        self.machine.kubelet = None
        self.refused("the kubelet's unit does not exist, at kubelet.service; install the kubelet")

    def test_a_kubelet_that_does_not_run(self) -> None:
        self.kubelet.stop(self.machine)
        self.refused(r"does not run well.*inactive \(dead\), healthz not ok; look at `journalctl -u kubelet.service`")

    def test_a_kubelet_that_reads_no_folder_or_another(self) -> None:
        self.started_with("--v=2")
        self.refused(
            r"it runs without --config-dir \(add --config-dir=/etc/kubernetes/kubelet.conf.d to KUBELET_EXTRA_ARGS in "
            r"/etc/default/kubelet \(Debian\) or /etc/sysconfig/kubelet \(RHEL\), or to its unit"
        )
        self.started_with("--config-dir", "/etc/other")
        self.refused("it runs with --config-dir=/etc/other")
        self.started_with("--config-dir", f"{FOLDER}/")
        kubelet.refuse_impossible(self.machine.node(), self.plan)

    def test_a_kubelet_that_keeps_its_state_elsewhere_or_has_flags_that_go_before_files(self) -> None:
        self.started_with(f"--config-dir={FOLDER}", "--root-dir=/data/kubelet", "--reserved-cpus=0")
        self.refused("it keeps its state in /data/kubelet .*; it runs with --reserved-cpus, which goes before its files")

    def test_another_cpu_manager_under_pods_that_have_whole_cpus(self) -> None:
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        self.refused("pods have whole CPUs of their own.*1 pods, pod-1 among them; drain the worker")

    def test_other_reserved_cpus_under_such_pods_and_not_other_memory(self) -> None:
        self.apply()
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        self.plan = with_kubelet(plan(), systemReserved={"memory": "1Gi"})
        self.apply()
        self.assertEqual(self.kept(CPU_STATE)["entries"], {"pod-1": {"node": "2"}})
        self.plan = with_kubelet(plan(), reservedSystemCPUs="0")
        self.refused("drain the worker")

    def test_a_revert_under_such_pods(self) -> None:
        self.apply()
        self.kubelet.give_whole_cpus(self.machine, "pod-1")
        with self.assertRaisesRegex(Refused, "drain the worker"):
            kubelet.revert(self.machine.node())
        self.assertEqual(self.state(), State.OK)


class WayBack(Fixture):
    def test_a_first_file_with_which_it_does_not_start_goes_and_it_runs_as_before(self) -> None:
        self.plan = with_kubelet(plan(), neverStarts=True)
        line = self.fails("does not start with the plan's file; it runs again as before")
        self.assertIn("activating (auto-restart) / failed to run Kubelet: unknown topology manager policy", line)
        self.assertEqual(self.machine.snapshot(), self.before)
        self.plan = with_kubelet(plan())
        self.apply()
        self.assertEqual(self.state(), State.OK)

    def test_the_file_that_worked_comes_back_with_its_kubelet(self) -> None:
        self.apply()
        good = self.machine.text(FILE)
        self.plan = with_kubelet(plan(), reservedSystemCPUs="0", neverStarts=True)
        self.fails("it runs again as before")
        self.assertEqual((self.machine.text(FILE), self.kubelet.active), (good, "active"))
        self.plan = with_kubelet(plan())
        starts = self.kubelet.starts
        self.apply()
        self.assertEqual((self.state(), self.kubelet.starts), (State.OK, starts))

    def test_one_that_only_answers_is_taken_back_too(self) -> None:
        self.kubelet.only_answers = True
        self.fails("cpu_manager_state is not of the policy static")

    def test_one_that_fails_without_a_change_is_left_to_systemd(self) -> None:
        self.apply()
        self.kubelet.stop(self.machine)
        with mock.patch.object(Kubelet, "why_not", return_value="no container runtime"):
            self.fails("the kubelet does not start, at kubelet.service.*no container runtime")
        self.assertEqual(self.machine.text(FILE), self.plan["kubelet"]["content"].strip())

    def test_one_that_does_not_come_back_either_is_said_with_both_reasons(self) -> None:
        with mock.patch.object(Kubelet, "why_not", return_value="no container runtime"):
            self.fails("neither does it as before.*no container runtime; then the kubelet does not get well")


class Plan(unittest.TestCase):
    def test_a_plan_that_would_mean_something_else_is_refused(self) -> None:
        part = with_kubelet(plan())["kubelet"]
        for name, value in (
            ("service", "kubelet.service --now"),
            ("file", f"{FOLDER}/x.yaml"),
            ("file", f"{FOLDER}/../x.conf"),
            ("stateFolder", "var"),
            ("content", "kind: KubeletConfiguration"),
            ("content", "[]"),
            ("content", '{"kind": "Pod"}'),
        ):
            with self.subTest(name=name, value=value):
                with self.assertRaisesRegex(Refused, f"plan.kubelet.{name}"):
                    planfile.parse(json.dumps({**plan(), "kubelet": {**part, name: value}}))
        self.assertEqual(planfile.parse(json.dumps({**plan(), "kubelet": part}))["kubelet"], part)

    def test_policies_are_asked_of_the_managers_that_the_file_names(self) -> None:
        part = with_kubelet(plan())["kubelet"]
        self.assertEqual(
            kubeletplan.policies(part), {"cpu_manager_state": "static", "memory_manager_state": "Static"}
        )
        self.assertEqual(kubeletstate.HEALTHZ_PORT, 10248)
        self.assertGreater(kubeletruns.READY_SECONDS, 60)


if __name__ == "__main__":
    unittest.main()
