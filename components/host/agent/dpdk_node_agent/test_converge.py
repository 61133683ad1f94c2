"""converge on the operator's connection, with a worker of its own."""

from __future__ import annotations

import json
import threading
import time
import unittest
from typing import Callable
from unittest import mock

from . import planfile, reboot, runstate
from .converge import converge
from .errors import AgentError, Refused, Retry
from .node import Completed, Node
from .testing_machine import ASKED, Machine, no_facts, plan, scratch
from .worker import work_detached


class Detached(unittest.TestCase):
    def setUp(self) -> None:
        no_facts(self)
        self.machine = Machine(scratch(self))
        self.machine.path("/run/systemd/system").mkdir(parents=True)
        self.gate = threading.Event()
        self.gate.set()
        self.workers: list[threading.Thread] = []
        self.addCleanup(self.end_workers)
        self.asked = plan([], ["tool"])

    def end_workers(self) -> None:
        self.gate.set()
        for worker in self.workers:
            worker.join()

    def node(self):
        """A node whose systemd-run starts a worker, and whose apt waits at the gate."""
        node = self.machine.node()
        real = self.machine.run

        def run(argv, timeout, stdin):
            if argv[0] == "systemd-run" and argv[-1] == "work":
                self.workers.append(threading.Thread(target=work_detached, args=(node,)))
                self.workers[-1].start()
                return Completed(0, "", "")
            if list(argv[:2]) == ["systemctl", "is-active"] and "dpdk-fleet-worker-" in argv[-1]:
                return Completed(0 if any(worker.is_alive() for worker in self.workers) else 3, "", "")
            if argv[0] == "apt-get" and "-s" not in argv:
                self.gate.wait(20)
            return real(argv, timeout, stdin)

        node.runner = run
        return node

    def node_whose_worker_dies(self, leaves: Callable[[Node], None]):
        """A node whose systemd-run starts nothing, but leaves what a worker does that dies at once."""
        node = self.node()
        real = node.runner

        def run(argv, timeout, stdin):
            if argv[0] == "systemd-run" and argv[-1] == "work":
                leaves(node)
                return Completed(0, "", "")
            return real(argv, timeout, stdin)

        node.runner = run
        return node

    def converge(self, asked: dict | None = None, within: float = 10) -> dict:
        self.said: list[str] = []
        return converge(self.node(), json.dumps(asked or self.asked), within, self.said.append)

    def test_the_worker_does_the_work_and_its_progress_is_shown(self) -> None:
        answer = self.converge()
        self.assertEqual(answer["stages"]["packages"], "ok")
        self.assertEqual(self.said, ["packages: not installed: tool"])

    def test_nothing_to_do_starts_no_worker(self) -> None:
        self.converge()
        before = self.machine.snapshot("/")
        self.assertEqual(self.converge()["plan"], planfile.hash_of(self.asked))
        self.assertEqual(len(self.workers), 1)
        self.assertEqual(self.machine.snapshot("/"), before)

    def test_a_binding_that_waits_for_its_confirmation_was_found_possible_before(self) -> None:
        planfile.keep(self.node(), self.asked)
        binding = "dpdk_node_agent.stages.nic_binding"
        with (
            mock.patch(f"{binding}.is_armed", return_value=True),
            mock.patch(f"{binding}.confirm"),
            mock.patch("dpdk_node_agent.converge.refuse_impossible") as looked,
        ):
            self.converge()
            self.assertEqual(looked.call_count, 0)
            self.converge(plan([], ["dpdk-dev"]))  # another plan is looked at, whatever is armed
            self.assertEqual(looked.call_count, 1)

    def test_long_work_answers_working_and_the_next_converge_joins_it(self) -> None:
        self.gate.clear()
        for _ in range(2):
            with self.assertRaisesRegex(Retry, "a detached worker goes on") as caught:
                self.converge(within=0.3)
            self.assertEqual(caught.exception.reason, "working")
        self.gate.set()
        self.assertEqual(self.converge()["stages"]["packages"], "ok")
        self.assertEqual(len(self.workers), 1)

    def test_another_plan_is_refused_while_a_worker_works(self) -> None:
        self.gate.clear()
        with self.assertRaises(Retry):
            self.converge(within=0.3)
        with self.assertRaisesRegex(Refused, "another plan is being applied"):
            self.converge(plan([], ["dpdk-dev"]), within=0.3)

    def test_a_verb_by_hand_is_waited_for(self) -> None:
        with runstate.changing(self.machine.node()):
            with self.assertRaisesRegex(Retry, "by hand"):
                self.converge(within=0.3)
        self.assertEqual(self.converge()["stages"]["packages"], "ok")

    def test_a_failure_is_told_in_one_line(self) -> None:
        with self.assertRaises(AgentError) as caught:
            self.converge(plan([], ["Tool"]))
        self.assertEqual(
            caught.exception.line(),
            "this is no name of a package, at packages, found 'Tool'; correct it in the fleet file",
        )

    def test_a_failure_that_nobody_heard_is_told_once_to_the_next(self) -> None:
        asked = plan([*ASKED, "kills=this"])
        with self.assertRaises(Retry):
            self.converge(asked)
        self.machine.boot()
        result = {
            "run": "lost",
            "plan": planfile.hash_of(asked),
            "at": time.time(),
            "delivered": False,
            "kind": "failed",
            "line": "why",
        }
        runstate.write(self.machine.node(), "result.json", result)
        with self.assertRaisesRegex(AgentError, "^why$"):
            self.converge(asked)
        with self.assertRaisesRegex(AgentError, "the trial boot failed"):
            self.converge(asked)

    def test_a_worker_that_dies_is_said(self) -> None:
        self.converge()

        def begun(node: Node) -> None:
            run = runstate.read(node, "request.json")["run"]
            runstate.write(node, "worker.json", {"run": run, "plan": "x"})

        node = self.node_whose_worker_dies(begun)
        with self.assertRaisesRegex(AgentError, "the worker ended without a word.*journalctl -u dpdk-fleet-worker-"):
            converge(node, json.dumps(plan([], ["dpdk-dev"])), 5, self.said.append)

    def test_a_worker_that_is_killed_before_it_begins_is_said_at_once(self) -> None:
        self.converge()
        node = self.node_whose_worker_dies(lambda _: None)
        with self.assertRaisesRegex(AgentError, "the worker was ended before it began.*journalctl -u dpdk-fleet"):
            converge(node, json.dumps(plan([], ["dpdk-dev"])), 5, self.said.append)

    def test_a_reboot_that_does_not_come_is_asked_for_again(self) -> None:
        with self.assertRaises(Retry):
            self.converge(plan(ASKED))
        staged = runstate.read(self.machine.node(), "reboot.json")
        runstate.write(self.machine.node(), "reboot.json", {**staged, "at": staged["at"] - 200})
        self.machine.asked_for_reboot = False
        with self.assertRaisesRegex(Retry, "trial boot"):
            self.converge(plan(ASKED))
        self.assertTrue(self.machine.asked_for_reboot)
        self.assertTrue(reboot.is_staged(self.machine.node()))


if __name__ == "__main__":
    unittest.main()
