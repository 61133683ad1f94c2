"""The client of a registry, and what it does with layers that mean harm."""

from __future__ import annotations

import gzip
import json
import tarfile
import unittest
from unittest import mock

from . import layers, registry
from .errors import AgentError, Refused
from .layers import unpack
from .node import Node
from .reference import parse
from .registry import Registry, login_of
from .testing_machine import scratch
from .testing_registry import PROGRAM, FakeRegistry, layer, program_layer

LOGIN = "dXNlcjpzZWNyZXQ="  # user:secret


class Client(unittest.TestCase):
    def serve(self, **how: str) -> FakeRegistry:
        served = FakeRegistry(**how)
        self.addCleanup(served.close)
        return served

    def pull(self, reference: str, login: str | None = None, architecture: str = "amd64") -> bytes:
        client = Registry(parse(reference), plain_http=True, login=login)
        return b"".join(b"".join(client.blob(each["digest"])) for each in client.layers(architecture))

    def test_an_image_comes_whole(self) -> None:
        served, content = self.serve(), program_layer()
        self.assertEqual(self.pull(served.image(content)), content)

    def test_a_login_by_token_and_a_basic_one(self) -> None:
        for want in ("bearer", "basic"):
            with self.subTest(want=want):
                served = self.serve(want=want)
                self.assertEqual(self.pull(served.image(b"x"), LOGIN), b"x")
                with self.assertRaisesRegex(AgentError, "does not give the image.*put a login for it"):
                    self.pull(served.image(b"x"))

    def test_a_token_without_a_login_is_asked_for(self) -> None:
        served = self.serve(want="bearer")
        with self.assertRaisesRegex(AgentError, "sign in, found HTTP 401"):
            self.pull(served.image(b"x"), "d3Jvbmc=")

    def test_what_is_not_of_its_digest_is_an_error(self) -> None:
        served = self.serve()
        reference = served.image(b"layer")
        served.spoil = lambda content: content.replace(b"layer", b"LAYER")
        with self.assertRaisesRegex(AgentError, "is not what its digest says"):
            self.pull(reference)
        served.spoil = lambda content: content + b" "
        with self.assertRaisesRegex(AgentError, "is not what its digest says"):
            self.pull(reference)

    def test_of_an_index_the_image_of_this_machine_is_taken(self) -> None:
        served = self.serve()
        own, other = served.image(b"own"), served.image(b"other")
        entries = [
            {"digest": reference.partition("@")[2], "platform": {"os": "linux", "architecture": name}}
            for reference, name in ((other, "s390x"), (own, "amd64"))
        ]
        index = served.reference(served.add(json.dumps({"manifests": entries}).encode()))
        self.assertEqual(self.pull(index), b"own")
        with self.assertRaisesRegex(AgentError, "for other machines.*linux/arm64"):
            self.pull(index, architecture="arm64")

    def test_an_image_that_is_not_there_is_said(self) -> None:
        with self.assertRaisesRegex(AgentError, "HTTP 404"):
            self.pull(self.serve().reference(f"sha256:{'0' * 64}"))

    def test_nothing_is_read_beyond_its_bound(self) -> None:
        served = self.serve()
        reference = served.image(b"x" * 2000)
        with mock.patch.object(registry, "LAYER_BYTES", 1000), self.assertRaisesRegex(AgentError, "too large"):
            self.pull(reference)
        with mock.patch.object(registry, "MANIFEST_BYTES", 10), self.assertRaisesRegex(AgentError, "too large"):
            self.pull(reference)

    def test_another_server_that_has_the_blobs_does_not_see_the_login(self) -> None:
        served, elsewhere = self.serve(want="basic"), self.serve()
        reference = served.image(b"x")
        elsewhere.blobs = served.blobs
        served.elsewhere = elsewhere.name
        self.assertEqual(self.pull(reference, LOGIN), b"x")
        self.assertEqual(elsewhere.seen, [""])

    def test_logins_are_found_by_the_longest_name(self) -> None:
        text = json.dumps({"auths": {"r.test": {"auth": "YQ=="}, "r.test/a/b": {"auth": "Yg=="}}})
        digest = f"sha256:{'0' * 64}"
        self.assertEqual(login_of(text, parse(f"r.test/a/b@{digest}")), "Yg==")
        self.assertEqual(login_of(text, parse(f"r.test/c@{digest}")), "YQ==")
        self.assertIsNone(login_of(text, parse(f"r.test2/c@{digest}")))

    def test_a_reference_without_a_digest_is_refused(self) -> None:
        for text in ("r.test/a:latest", "r.test/a", f"r.test/a@sha256:{'0' * 63}", f"r.test/a b@sha256:{'0' * 64}"):
            with self.assertRaisesRegex(Refused, "REGISTRY/REPOSITORY@sha256:DIGEST"):
                parse(text)


class Layers(unittest.TestCase):
    def setUp(self) -> None:
        self.node = Node(scratch(self))
        self.node.path("/target").mkdir()

    def unpack(self, *members: tuple, content: bytes | None = None) -> None:
        self.node.path("/layer").write_bytes(content or layer(*members))
        unpack(self.node, "/layer", "/target")

    def refused(self, saying: str, *members: tuple) -> None:
        with self.assertRaisesRegex(AgentError, saying):
            self.unpack(*members)
        self.assertEqual(self.node.names("/"), ["layer", "target"])

    def test_files_folders_and_links_inside_are_taken(self) -> None:
        self.unpack(
            (PROGRAM, "run"), ("./opt/pantheonchain/lib/a", "link", "../bin/pantheon-node"), ("etc/shadow", "x")
        )
        self.assertEqual(self.node.names("/target"), ["bin", "lib"])
        self.assertEqual(self.node.read("/target/lib/a"), "run")

    def test_no_right_beyond_755_is_given(self) -> None:
        self.unpack((PROGRAM, "run", {"mode": 0o6777}))
        self.assertEqual(self.node.path("/target/bin/pantheon-node").stat().st_mode & 0o7777, 0o755)

    def test_names_that_climb_are_refused(self) -> None:
        self.refused("climbs out", ("opt/pantheonchain/../../../etc/x", "x"))
        self.refused("climbs out", ("../x", "x"))

    def test_links_that_point_outside_are_refused(self) -> None:
        self.refused("points outside", ("opt/pantheonchain/a", "link", "/etc"))
        self.refused("points outside", ("opt/pantheonchain/b/a", "link", "../../etc"))

    def test_nothing_is_written_or_removed_through_a_link(self) -> None:
        for name in ("opt/pantheonchain/a/x", "opt/pantheonchain/a/.wh.x", "opt/pantheonchain/a/.wh..wh..opq"):
            self.refused("below a symbolic link", ("opt/pantheonchain/a", "link", "bin"), (name, "x"))

    def test_devices_and_hard_links_are_refused(self) -> None:
        for kind in (tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.LNKTYPE):
            self.refused(
                "something else than files", ("opt/pantheonchain/a", "", {"type": kind, "linkname": "etc/shadow"})
            )

    def test_a_higher_layer_removes_and_replaces(self) -> None:
        self.unpack((PROGRAM, "one"), ("opt/pantheonchain/lib/a", "a"), ("opt/pantheonchain/lib/b", "b"))
        self.unpack((PROGRAM, "two"), ("opt/pantheonchain/lib/.wh.a", ""))
        self.assertEqual((self.node.read("/target/bin/pantheon-node"), self.node.names("/target/lib")), ("two", ["b"]))
        self.unpack(("opt/pantheonchain/lib/.wh..wh..opq", ""), ("opt/pantheonchain/lib/c", "c"))
        self.assertEqual(self.node.names("/target/lib"), ["c"])

    def test_a_layer_that_unpacks_to_too_much_is_stopped(self) -> None:
        with mock.patch.object(layers, "UNPACKED_BYTES", 100_000):
            self.refused("unpacks to more", ("opt/else", "x" * 200_000))

    def test_a_plain_layer_and_one_of_several_parts(self) -> None:
        plain = layer((PROGRAM, "run"), zipped=False)
        self.unpack(content=plain)
        self.unpack(content=gzip.compress(plain[:700]) + gzip.compress(plain[700:]))
        self.assertEqual(self.node.read("/target/bin/pantheon-node"), "run")

    def test_what_is_no_layer_is_said(self) -> None:
        for content, saying in (
            (b"\x28\xb5\x2f\xfd....", "zstd.*gzip layers"),
            (layer((PROGRAM, "x"))[:-20], "cannot be"),
        ):
            with self.assertRaisesRegex(AgentError, saying):
                self.unpack(content=content)


if __name__ == "__main__":
    unittest.main()
