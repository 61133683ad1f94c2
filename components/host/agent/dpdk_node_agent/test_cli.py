"""Exit codes and last lines, which are what the operator's side reads."""

from __future__ import annotations

import contextlib
import io
import json
import unittest
from unittest import mock

from . import planfile
from .arguments import parser_of_all
from .cli import _plain_words, main
from .errors import Retry
from .testing_machine import Machine, plan, scratch
from .testing_service import with_service


class Verbs(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine(scratch(self))

    def run_verb(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch("sys.stdin", io.StringIO(stdin)),
        ):
            try:
                code = main(["--root", str(self.machine.root), *words])
            except SystemExit as left:
                code = int(left.code or 0)
        return code, out.getvalue(), err.getvalue()

    def test_wrong_usage_is_2(self) -> None:
        for words in ((), ("dance",), ("install",), ("revert",), ("revert", "--all", "packages")):
            self.assertEqual(self.run_verb(*words)[0], 2, words)

    def test_what_is_read_without_argparse_is_what_argparse_would_read(self) -> None:
        verbs = (["check"], ["status"], ["facts"], ["work"], ["boot"], ["service-ready"], ["kubelet-ready"], ["hugepages"])
        roots = ([], ["--root", "/x"], ["--root"], ["--root=/x"], ["--root", "-x"])
        rests = ([], ["--json"], ["a"], ["a", "b"], ["--json", "a"], ["a", "--json"], ["a", "--json", "b"], ["--js"], ["-x"])
        plain = 0
        for words in [[*root, *verb, *rest] for root in roots for verb in verbs for rest in rests]:
            found = _plain_words(list(words))
            if found is not None:
                plain += 1
                self.assertEqual(vars(found), vars(parser_of_all().parse_args(words)), words)
        self.assertEqual(plain, 24)

    def test_a_pool_of_hugepages_that_no_plan_has_is_1(self) -> None:
        """What dpdk-hugepages@0-2M.service shows as its failure."""
        code, _, err = self.run_verb("hugepages", "0-2M")
        self.assertEqual(code, 1)
        self.assertIn("no plan that was applied has this pool of hugepages, at hugepages, found 0-2M; run `up`", err)

    def test_a_failure_is_1_and_its_line_is_the_last(self) -> None:
        code, out, err = self.run_verb("converge", stdin="[]")
        self.assertEqual((code, out), (1, ""))
        self.assertEqual(
            err.splitlines()[-1], "dpdk-node-agent: the plan needs an object here, at plan, found []; correct the plan"
        )

    def test_a_stage_that_does_not_exist_is_named(self) -> None:
        code, _, err = self.run_verb("revert", "dancing")
        self.assertEqual(code, 1)
        self.assertIn("there is no such stage, found 'dancing'; name one of compatibility, packages, dpdk,", err)

    def test_a_marker_is_75_and_its_line_is_the_last(self) -> None:
        with mock.patch("dpdk_node_agent.converge.converge", side_effect=Retry("reboot", "trial boot", 15)):
            code, _, err = self.run_verb("converge", stdin="{}")
        self.assertEqual((code, err), (75, "dpdk-fleet-retry: reason=reboot after=15 trial boot\n"))

    def test_a_surprise_is_1_and_still_ends_with_a_line_of_the_agents(self) -> None:
        with mock.patch("dpdk_node_agent.converge.converge", side_effect=KeyError("pci")):
            code, _, err = self.run_verb("converge", stdin="{}")
        self.assertEqual(code, 1)
        self.assertEqual(err.splitlines()[-1], "dpdk-node-agent: stumbled over KeyError: 'pci'; report this")

    def test_check_without_a_plan_says_what_to_do(self) -> None:
        code, _, err = self.run_verb("check")
        self.assertEqual(code, 1)
        self.assertIn("no plan has been asked for on this node yet", err)

    def test_check_gives_a_line_or_an_object_a_stage(self) -> None:
        planfile.keep(self.machine.node(), plan(["iommu=pt"]))
        code, out, _ = self.run_verb("check", "kernel-arguments")
        self.assertEqual((code, out), (1, "kernel-arguments: absent, the running kernel has no iommu=pt\n"))
        code, out, _ = self.run_verb("check", "--json", "packages")
        self.assertEqual(
            (code, json.loads(out)), (0, {"stage": "packages", "state": "ok", "saw": "no packages are asked for"})
        )

    def test_in_a_root_folder_no_command_runs(self) -> None:
        planfile.keep(self.machine.node(), plan(["iommu=pt"]))
        code, _, err = self.run_verb("apply", "kernel-arguments")
        self.assertEqual(code, 1)
        self.assertIn("grub-probe is not run in a root folder", err)

    def test_a_service_whose_plan_was_never_applied_does_not_start(self) -> None:
        code, _, err = self.run_verb("service-ready")
        self.assertEqual((code, err.startswith("dpdk-node-agent: no plan with a service was applied")), (1, True))

    def test_a_data_plane_is_told_as_lines_or_as_data(self) -> None:
        planfile.keep(self.machine.node(), plan([]))
        self.assertEqual(self.run_verb("data-plane")[:2], (0, "the plan has no service\n"))
        self.assertEqual(self.run_verb("data-plane", "--json")[:2], (0, "null\n"))

    def test_an_image_for_a_plan_without_a_service_is_refused(self) -> None:
        code, _, err = self.run_verb("converge", "--image", "r.test/a@sha256:" + "0" * 64, stdin=json.dumps(plan([])))
        self.assertEqual(code, 1)
        self.assertIn("a plan with a service needs an image, and no other plan does", err)

    def test_explain_takes_the_image_that_the_node_was_last_given(self) -> None:
        asked = with_service(plan([]), "native")
        without = json.dumps({name: part for name, part in asked.items() if name != "image"})
        with mock.patch("dpdk_node_agent.converge.refuse_impossible"):
            self.assertIn("bring the image that `--image` names", self.run_verb("explain", stdin=without)[1])
            planfile.keep(self.machine.node(), asked)
            out = self.run_verb("explain", "--kept-image", stdin=without)[1]
        self.assertIn(f"bring the image native sha256:{'a' * 32}", out)

    def test_forgetting_trials_says_how_many(self) -> None:
        self.assertEqual(self.run_verb("forget-trials")[:2], (0, "0 failed trials forgotten\n"))


if __name__ == "__main__":
    unittest.main()
