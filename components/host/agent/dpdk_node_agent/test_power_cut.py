"""The power goes between any two effects of the boot phase, for every one of them."""

from __future__ import annotations

import json
import unittest
from typing import Callable

from .bootloader.efi import VARIABLES
from .cmdline import lacking
from .converge import converge
from .errors import AgentError, Retry
from .node import Node
from .revert import revert_all
from .testing_bls import BlsMachine, SystemdBootMachine
from .testing_machine import ASKED, Machine, no_facts, plan, running, scratch
from .testing_uefi import UefiMachine


class PowerCut(unittest.TestCase):
    """The power goes between any two effects, at any time; a plain converge goes on, and revert gives all back."""

    machine, places = Machine, ("/etc", "/boot")
    accepts: tuple[str, ...] = ()

    def setUp(self) -> None:
        no_facts(self)

    def walk(self, reboots_when_cut: bool, phase: str) -> None:
        at, ended = 0, False
        while not ended:
            at += 1
            with self.subTest(effect=at):
                ended = self.cut_at(self.machine(scratch(self)), at, reboots_when_cut, phase)
        self.assertGreater(at, 10)

    def cut_at(self, machine: Machine, at: int, reboots_when_cut: bool, phase: str) -> bool:
        asked = plan(ASKED, ["dpdk-dev"])
        asked["acceptUnproved"] = list(self.accepts)
        before = machine.snapshot(*self.places)
        if phase != "trial":
            go_on(machine, asked, machine.node(), until_reboots=1)
        if phase == "revert":
            go_on(machine, asked, machine.node())
        node = node_that_is_cut(machine, at)
        ended = True
        try:
            revert_all(node, 1) if phase == "revert" else go_on(machine, asked, node, until_reboots=1)
        except Cut:
            ended = False
        if reboots_when_cut:
            machine.boot()
        if phase != "revert":
            answer = go_on(machine, asked, machine.node())
            self.assertEqual(answer["stages"]["kernel-arguments"], "ok")
            self.assertLessEqual(answer["reboots"], 2)
            machine.boot()
            self.assertEqual(lacking(running(machine), ASKED), [])
        revert_all(machine.node(), 1)
        self.assertEqual(machine.snapshot(*self.places), before)
        self.assertEqual(machine.path("/var/lib/dpkg/status").read_text(), "libc6\n")
        machine.boot()
        self.assertNotIn("iommu=pt", running(machine))
        return ended

    def test_while_a_trial_is_staged_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="trial")

    def test_while_a_trial_is_staged_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="trial")

    def test_while_the_arguments_are_promoted_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="promotion")

    def test_while_the_arguments_are_promoted_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="promotion")

    def test_while_everything_is_reverted_and_the_machine_stays_up(self) -> None:
        self.walk(reboots_when_cut=False, phase="revert")

    def test_while_everything_is_reverted_and_the_machine_reboots(self) -> None:
        self.walk(reboots_when_cut=True, phase="revert")


class PowerCutWithBootNext(PowerCut):
    machine, places = UefiMachine, ("/etc", "/boot", VARIABLES)


class PowerCutWithBootEntries(PowerCut):
    machine, accepts = BlsMachine, ("bls",)


class PowerCutWithSystemdBoot(PowerCut):
    machine, accepts = SystemdBootMachine, ("systemd-boot",)


class Cut(BaseException):
    """The power goes."""


def node_that_is_cut(machine: Machine, at: int) -> Node:
    """A node whose effect number `at` is its last one."""
    count = 0
    node = machine.node()

    def watched(effect: Callable) -> Callable:
        def wrapped(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            answer = effect(*arguments, **named)
            if count == at:
                raise Cut
            return answer

        return wrapped

    for name in ("run", "write_file", "write_stream", "write_value", "make_folder", "link", "remove"):
        object.__setattr__(node, name, watched(getattr(node, name)))
    return node


def go_on(machine: Machine, asked: dict, node: Node, until_reboots: int = 9) -> dict:
    """Converges over reboots, as the operator's side does; stops after so many of them."""
    for _ in range(until_reboots):
        try:
            return converge(node, json.dumps(asked), 5, lambda line: None)
        except Retry:
            machine.boot()
        except AgentError as failed:
            if "the trial boot failed" not in failed.line():
                raise
    return {}
