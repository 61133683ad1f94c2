"""The image comes by digest, and its program accepts the configuration, before anything is written."""

from __future__ import annotations

import json
import unittest

from .. import imagestore, serviceready
from ..errors import AgentError, Refused
from ..stage import State
from ..testing_registry import FakeRegistry, layer, program_layer
from ..testing_service import PODMAN_IMAGE, REFUSED, ready_for_service, with_service
from ..testing_tree import Machine, plan
from . import accounts, files, image


class Fixture(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        ready_for_service(self.machine)
        self.use(with_service(plan(), "podman"))

    def use(self, asked: dict) -> None:
        self.plan = asked
        accounts.apply(self.machine.node(), asked)

    def node(self):
        return self.machine.node()

    def native(self, registry: FakeRegistry, *layers: bytes) -> None:
        self.addCleanup(registry.close)
        self.use(with_service(plan(), "native", registry.image(*layers or (program_layer(),))))

    def ran(self, start: str) -> list[str]:
        return [command for command in self.machine.commands if command.startswith(start)]


class Podman(Fixture):
    def test_it_is_pulled_by_digest_and_asked_without_network_and_rights(self):
        image.apply(self.node(), self.plan)
        self.assertEqual(self.ran("podman pull"), [f"podman pull --quiet --tls-verify=false {PODMAN_IMAGE}"])
        (run,) = self.ran("podman run")
        words = ("--pull=never", "--network=none", "--cap-drop=all", "--read-only", "--user=991:992", "--no-healthcheck")
        for word in words:
            self.assertIn(word, run.split())
        self.assertFalse(self.node().exists("/run/dpdk-fleet-check"))

    def test_a_check_reads_podmans_list_and_starts_no_podman(self):
        image.apply(self.node(), self.plan)
        images = imagestore._IMAGES
        self.machine.file(f"{images}/images.json", json.dumps([{"id": "x", "names": [PODMAN_IMAGE]}]))
        for there, asked in ((False, 1), (True, 0)):
            if there:
                self.machine.file(f"{images}/x/manifest", "{}")
            before = len(self.ran("podman"))
            self.assertEqual(image.check(self.node(), self.plan).state, State.OK)
            self.assertEqual(len(self.ran("podman")) - before, asked)

    def test_a_list_that_cannot_be_read_is_no_answer(self):
        image.apply(self.node(), self.plan)
        for text in ("", "{", '[{"names": null}]', '{"a": 1}', "[1]"):
            self.machine.file(f"{imagestore._IMAGES}/images.json", text)
            self.assertEqual(image.check(self.node(), self.plan).state, State.OK, text)

    def test_a_login_is_used_where_there_is_one(self):
        self.machine.file(imagestore.LOGINS, "{}")
        self.plan["image"]["plainHttp"] = False
        image.apply(self.node(), self.plan)
        self.assertEqual(
            self.ran("podman pull"), [f"podman pull --quiet --authfile={imagestore.LOGINS} {PODMAN_IMAGE}"]
        )

    def test_a_configuration_that_the_program_refuses_is_one_line_and_nothing_is_written(self):
        self.plan["files"][0]["content"] = f"{REFUSED}\n"
        with self.assertRaises(AgentError) as caught:
            image.apply(self.node(), self.plan)
        self.assertEqual(
            caught.exception.line(),
            "the data plane's own program refuses the configuration, at /etc/pantheonchain/config.toml, found "
            "/etc/pantheonchain/config.toml:1: key: found refuse me; write another; correct the fleet file; nothing was "
            "written, and what runs goes on",
        )
        self.assertFalse(self.node().exists("/etc/pantheonchain"))
        self.assertEqual(files.check(self.node(), self.plan).state, State.ABSENT)
        self.assertEqual(image.check(self.node(), self.plan).state, State.PARTIAL)

    def test_a_registry_that_is_gone_harms_nothing_when_the_image_is_there(self):
        image.apply(self.node(), self.plan)
        self.machine.data_plane.registry.clear()
        self.machine.commands.clear()
        self.assertEqual(image.check(self.node(), self.plan).state, State.OK)
        image.apply(self.node(), self.plan)
        self.assertEqual((self.ran("podman pull"), self.ran("podman run")), ([], []))

    def test_another_configuration_is_asked_about_again(self):
        image.apply(self.node(), self.plan)
        self.plan["files"][1]["content"] += "[memory]\n"
        self.assertEqual(image.check(self.node(), self.plan).state, State.PARTIAL)
        image.apply(self.node(), self.plan)
        self.assertEqual(len(self.ran("podman run")), 2)

    def test_without_podman_it_is_refused_with_what_to_do(self):
        (self.machine.root / "usr/bin/podman").unlink()
        with self.assertRaisesRegex(Refused, "podman is not installed.*name podman under packages"):
            image.apply(self.node(), self.plan)

    def test_an_image_and_a_store_that_were_there_before_stay(self):
        self.machine.data_plane.images.add(PODMAN_IMAGE)
        (self.machine.root / "var/lib/containers/storage").mkdir(parents=True)
        before = self.machine.snapshot()
        image.apply(self.node(), self.plan)
        image.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_store_that_somebody_else_uses_by_now_stays(self):
        image.apply(self.node(), self.plan)
        self.machine.data_plane.images.add("somebody else's")
        self.assertIn("kept", " ".join(image.revert(self.node())))
        self.assertTrue(self.node().exists("/var/lib/containers/storage"))
        self.assertEqual(self.node().names("/var/lib/dpdk-fleet/saved"), ["accounts", "accounts.backups"])

    def test_what_podman_makes_when_it_first_runs_goes_again(self):
        before = self.machine.snapshot()
        image.check(self.node(), self.plan)
        image.explain(self.node(), self.plan)
        self.assertEqual(self.machine.snapshot(), before)
        image.apply(self.node(), self.plan)
        self.assertTrue(self.node().exists(imagestore.PODMAN_LOCK))
        self.assertIn(f"{imagestore.PODMAN_LOCK}: removed, it was not there before", image.revert(self.node()))
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_lock_of_podmans_that_was_there_before_stays(self):
        self.machine.file(imagestore.PODMAN_LOCK, "")
        before = self.machine.snapshot()
        image.apply(self.node(), self.plan)
        image.revert(self.node())
        self.assertEqual(self.machine.snapshot(), before)

    def test_a_lock_that_is_not_empty_and_a_folder_with_something_of_others_stay(self):
        folder = imagestore.PODMAN_LOCK.rpartition("/")[0]
        for text, kept in (("theirs", ["cni.lock", "net.conflist"]), ("", ["net.conflist"])):
            image.apply(self.node(), self.plan)
            self.machine.file(imagestore.PODMAN_LOCK, text)
            self.machine.file(f"{folder}/net.conflist", "{}")
            image.revert(self.node())
            self.assertEqual(self.node().names(folder), kept)
            self.assertEqual(self.node().names("/var/lib/dpdk-fleet/saved"), ["accounts", "accounts.backups"])
            (self.machine.root / imagestore.PODMAN_LOCK[1:]).unlink(missing_ok=True)

    def test_an_image_that_podman_keeps_elsewhere_is_found_although_it_never_ran_here_by_default(self):
        self.machine.data_plane.images.add(PODMAN_IMAGE)
        image.apply(self.node(), self.plan)
        self.assertEqual(self.ran("podman pull"), [])
        self.assertEqual(image.check(self.node(), self.plan).state, State.OK)


class Native(Fixture):
    def test_only_its_part_of_the_image_is_unpacked(self):
        self.native(FakeRegistry())
        image.apply(self.node(), self.plan)
        release = f"/opt/pantheonchain/releases/{self.plan['image']['reference'][-64:][:12]}"
        self.assertEqual(self.node().names(release), ["bin", "lib"])
        self.assertEqual(self.node().names("/opt/pantheonchain/releases"), [release.rpartition("/")[2]])
        self.assertEqual(self.machine.text(f"{release}/bin/pantheon-node"), "#!/bin/sh")
        self.assertIn("setpriv --reuid=991 --regid=992 --init-groups", self.ran("setpriv")[0])

    def test_a_registry_that_is_gone_harms_nothing_when_the_release_is_there(self):
        registry = FakeRegistry()
        self.native(registry)
        image.apply(self.node(), self.plan)
        asked = registry.asked
        self.assertEqual(image.check(self.node(), self.plan).state, State.OK)
        image.apply(self.node(), self.plan)
        self.assertEqual(registry.asked, asked)

    def test_a_registry_that_does_not_answer_is_one_line(self):
        self.plan = with_service(plan(), "native", f"127.0.0.1:1/pantheonchain/node@sha256:{'0' * 64}")
        with self.assertRaisesRegex(AgentError, "registry does not give the image, at 127.0.0.1:1/.*refused"):
            image.apply(self.node(), self.plan)

    def test_an_image_without_the_program_is_refused(self):
        self.native(FakeRegistry(), layer(("opt/pantheonchain/lib/x", "x")))
        with self.assertRaisesRegex(AgentError, "no program of ours"):
            image.apply(self.node(), self.plan)
        before = ["accounts", "accounts.backups"]
        image.revert(self.node())
        self.assertEqual(self.node().names("/opt"), [])
        self.assertEqual(self.node().names("/var/lib/dpdk-fleet/saved"), before)


class Ready(Fixture):
    def test_without_an_applied_plan_the_unit_says_so(self):
        with self.assertRaisesRegex(Refused, "no plan with a service was applied"):
            serviceready.service_ready(self.node(), "1")


if __name__ == "__main__":
    unittest.main()
