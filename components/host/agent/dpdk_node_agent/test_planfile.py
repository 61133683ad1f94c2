"""The shape of a plan is checked once."""

from __future__ import annotations

import hashlib
import json
import unittest
from pathlib import Path

from .errors import Refused
from .planfile import hash_of, parse
from .testing_service import with_service

EXAMPLE = (Path(__file__).resolve().parents[2] / "plan.example.json").read_text()


class Plan(unittest.TestCase):
    def refused(self, saying: str, **changed: object) -> None:
        with self.assertRaisesRegex(Refused, saying):
            parse(json.dumps({**json.loads(EXAMPLE), **changed}))

    def test_the_example_is_a_plan(self) -> None:
        self.assertEqual(parse(EXAMPLE)["node"], "alpha")

    def test_what_is_no_json_is_refused(self) -> None:
        with self.assertRaisesRegex(Refused, "the plan is no JSON, at standard input"):
            parse("node: alpha")

    def test_what_is_no_object_is_refused(self) -> None:
        with self.assertRaisesRegex(Refused, "needs an object here, at plan, found \\[\\]"):
            parse("[]")

    def test_another_version_is_refused(self) -> None:
        self.refused("does not know plans of that version, at plan.version, found 2", version=2)

    def test_a_wrong_value_is_named_with_its_place(self) -> None:
        self.refused(
            r'needs a number here, at plan.hugepages\[0\].pages, found "128"',
            hugepages=[{"size": "2M", "numaNode": 0, "pages": "128"}],
        )
        self.refused(
            "needs a number here, at plan.kernel.panicSeconds, found true",
            kernel={"arguments": [], "panicSeconds": True, "trialSeconds": 1},
        )

    def test_a_missing_key_is_named(self) -> None:
        self.refused("the plan lacks a key, at plan.limits.packagesSeconds", limits={"confirmSeconds": 1})

    def test_what_reaches_a_unit_or_a_command_line_is_looked_at(self) -> None:
        service = with_service(json.loads(EXAMPLE), "podman")
        self.assertEqual(parse(json.dumps(service)), service)
        for name, value in (
            ("runtime", "docker"),
            ("user", "root; id"),
            ("dataFolder", "/var/lib/a b"),
            ("dataFolder", "/var/../etc"),
            ("hugepageMount", "/mnt/huge\nUser=root"),
            ("lcores", "2-3 4"),
            ("functions", ["0000:01:10"]),
            ("startSeconds", 0),
            ("configToml", "/etc/pantheonchain/other.toml"),
        ):
            with self.subTest(name=name, value=value), self.assertRaisesRegex(Refused, r"at plan\.service\."):
                parse(json.dumps({**service, "service": {**service["service"], name: value}}))
        self.refused("at plan.vfioGroup", vfioGroup='x", RUN="y')
        self.refused(
            "at plan.accounts.users.groups",
            accounts={"groups": [], "users": [{"name": "a", "group": "a", "groups": ["-x"]}]},
        )

    def test_a_plan_without_a_service_has_the_hash_that_it_always_had(self) -> None:
        text = json.dumps(json.loads(EXAMPLE), sort_keys=True, separators=(",", ":"))
        self.assertEqual(hash_of(parse(EXAMPLE)), hashlib.sha256(text.encode()).hexdigest()[:16])

    def test_the_hash_does_not_depend_on_the_order_of_keys(self) -> None:
        plan = parse(EXAMPLE)
        self.assertEqual(hash_of(plan), hash_of(dict(reversed(list(plan.items())))))


if __name__ == "__main__":
    unittest.main()
