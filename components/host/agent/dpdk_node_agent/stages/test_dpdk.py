"""DPDK from its source archive: nothing is unpacked that was not verified, a build that is cut off goes on, all of it
goes again. The machine's meson and ninja are the tests' own; tar is real."""

from __future__ import annotations

import hashlib
import io
import lzma
import tarfile
import unittest
from unittest import mock

from .. import dpdkarchive
from ..errors import AgentError, Refused
from ..planfile import parse
from ..testing_build import ARCHIVE, PROJECT, part_of_archive, ready_for_build, tar_of
from ..testing_tree import Killed, Machine, plan as example
from . import dpdk

PREFIX = "/opt/dpdk-24.11.3"
TOP = "dpdk-stable-24.11.3"


class Builds(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        ready_for_build(self.machine)
        self.plan = {**example(), "dpdk": part_of_archive()}

    def ran(self, word: str) -> int:
        return len([line for line in self.machine.commands if word in line.split()[:3]])

    def test_it_is_found_by_loader_and_pkg_config_without_a_word_in_ld_library_path(self) -> None:
        dpdk.apply(self.machine.node(), self.plan)
        self.assertEqual(self.machine.text("/etc/ld.so.cache"), f"{PREFIX}/lib\n/usr/local/lib")
        self.assertIn(f"export PKG_CONFIG_PATH={PREFIX}/lib/pkgconfig$", self.machine.text(dpdk.PROFILE))
        self.assertNotIn("LD_LIBRARY_PATH", self.machine.text(dpdk.PROFILE))
        self.assertIn("-Dplatform=generic -Dmax_ethports=32", self.machine.text(f"{PREFIX}/lib/librte_eal.so.25"))
        self.assertEqual(self.machine.node().names("/opt"), ["dpdk-24.11.3"])
        self.assertFalse(self.machine.node().exists(dpdk.WORK))

    def test_a_step_that_dies_in_its_middle_is_done_again_and_no_other(self) -> None:
        for step, meson in (("meson", 2), ("ninja", 1), ("install", 1)):
            with self.subTest(step=step):
                self.machine = Machine()
                self.addCleanup(self.machine.remove)
                ready_for_build(self.machine)
                before = self.machine.snapshot()
                self.machine.dying.add(step)
                with self.assertRaises(Killed):
                    dpdk.apply(self.machine.node(), self.plan)
                self.assertEqual(dpdk.check(self.machine.node(), self.plan).state, "partial")
                (self.machine.root / ARCHIVE[1:]).unlink()  # it was taken once
                dpdk.apply(self.machine.node(), self.plan)
                self.assertEqual(dpdk.check(self.machine.node(), self.plan).state, "ok")
                self.assertEqual((self.ran("tar"), self.ran("setup")), (1, meson))
                dpdk.revert(self.machine.node())
                ready_for_build(self.machine)
                self.assertEqual(self.machine.snapshot(), before)

    def test_an_archive_with_another_hash_is_never_unpacked(self) -> None:
        self.machine.file(ARCHIVE, "something else")
        with self.assertRaisesRegex(AgentError, "not the one that was asked for.*SHA-256 [0-9a-f]{64}, asked"):
            dpdk.apply(self.machine.node(), self.plan)
        self.assertEqual((self.ran("tar"), self.machine.node().exists("/opt")), (0, False))
        ready_for_build(self.machine)
        dpdk.apply(self.machine.node(), self.plan)
        self.assertEqual(dpdk.check(self.machine.node(), self.plan).state, "ok")

    def test_other_options_build_it_anew_and_another_version_takes_its_place(self) -> None:
        dpdk.apply(self.machine.node(), self.plan)
        other = {**self.plan, "dpdk": {**self.plan["dpdk"], "options": ["-Dplatform=native"]}}
        self.assertIn("not built", dpdk.check(self.machine.node(), other).saw)
        dpdk.apply(self.machine.node(), other)
        self.assertIn("-Dplatform=native", self.machine.text(f"{PREFIX}/lib/librte_eal.so.25"))
        newer = {**self.plan, "dpdk": {**self.plan["dpdk"], "version": "25.11.1"}}
        dpdk.apply(self.machine.node(), newer)
        self.assertEqual(self.machine.node().names("/opt"), ["dpdk-25.11.1"])
        self.assertEqual(dpdk.check(self.machine.node(), newer).state, "ok")

    def test_one_whose_removal_died_in_its_middle_is_not_taken_for_a_built_one(self) -> None:
        dpdk.apply(self.machine.node(), self.plan)
        self.machine.dying.add("rm")
        with self.assertRaises(Killed):
            dpdk.apply(self.machine.node(), {**self.plan, "dpdk": {**self.plan["dpdk"], "version": "25.11.1"}})
        self.assertNotEqual(dpdk.check(self.machine.node(), self.plan).state, "ok")
        dpdk.apply(self.machine.node(), self.plan)
        self.assertTrue(self.machine.node().exists(f"{PREFIX}/lib/librte_eal.so.25"))
        self.assertEqual(self.machine.node().names("/opt"), ["dpdk-24.11.3"])

    def test_the_loader_is_led_to_one_that_is_there_whenever_the_power_goes(self) -> None:
        newer = {**self.plan, "dpdk": {**self.plan["dpdk"], "version": "25.11.1"}}
        for k in range(1, 200):
            machine = Machine()
            ready_for_build(machine)
            dpdk.apply(machine.node(), self.plan)
            try:
                dpdk.apply(machine.node(kill_at=k), newer)
                break
            except Killed:
                folder = machine.text(dpdk.LIBRARIES).splitlines()[-1]
                self.assertTrue(machine.node().exists(f"{folder}/librte_eal.so.25"), f"effect {k}: {folder}")
            finally:
                machine.remove()
        self.assertGreater(k, 5)

    def test_what_somebody_put_there_after_a_build_that_failed_stays(self) -> None:
        self.machine.file(ARCHIVE, "something else")
        with self.assertRaises(AgentError):
            dpdk.apply(self.machine.node(), self.plan)
        self.machine.file(f"{PREFIX}/mine", "mine")
        ready_for_build(self.machine)
        with self.assertRaisesRegex(Refused, "not ours, at /opt/dpdk-24.11.3"):
            dpdk.apply(self.machine.node(), self.plan)
        self.assertNotIn(f"{PREFIX}: removed", dpdk.revert(self.machine.node()))
        self.assertEqual(self.machine.text(f"{PREFIX}/mine"), "mine")
        self.assertEqual(dpdk.check(self.machine.node(), example()).state, "ok")

    def test_a_plan_that_asks_for_none_takes_it_away(self) -> None:
        before = self.machine.snapshot()
        dpdk.apply(self.machine.node(), self.plan)
        self.assertEqual(dpdk.check(self.machine.node(), example()).state, "partial")
        dpdk.apply(self.machine.node(), example())
        self.assertEqual((dpdk.check(self.machine.node(), example()).state, self.machine.snapshot()), ("ok", before))

    def test_a_folder_that_is_not_ours_is_refused_and_stays(self) -> None:
        self.machine.file(f"{PREFIX}/mine", "mine")
        with self.assertRaisesRegex(Refused, "not ours, at /opt/dpdk-24.11.3"):
            dpdk.apply(self.machine.node(), self.plan)
        dpdk.revert(self.machine.node())
        self.assertEqual(self.machine.text(f"{PREFIX}/mine"), "mine")

    def test_a_source_that_is_no_project_is_one_line(self) -> None:
        archive = tar_of({f"{TOP}/readme": "nothing"})
        ready_for_build(self.machine, archive)
        with self.assertRaisesRegex(AgentError, "meson setup .* ended with 1, found ERROR: Neither"):
            dpdk.apply(self.machine.node(), {**self.plan, "dpdk": part_of_archive(archive)})

    def test_a_branch_that_has_ended_is_built_and_said(self) -> None:
        old = {**self.plan, "dpdk": {**self.plan["dpdk"], "version": "22.11.4"}}
        self.assertIn(
            "22.11 gets no corrections any more, 24.11 and 25.11 do", dpdk.explain(self.machine.node(), old)[0]
        )
        dpdk.apply(self.machine.node(), old)
        self.assertEqual(dpdk.check(self.machine.node(), old).state, "ok")
        self.assertNotIn("corrections", dpdk.explain(self.machine.node(), self.plan)[0])


class Archives(unittest.TestCase):
    """Archives whose hash is right, and that would write elsewhere."""

    def setUp(self) -> None:
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def build(self, archive: bytes) -> None:
        ready_for_build(self.machine, archive)
        dpdk.apply(self.machine.node(), {**example(), "dpdk": part_of_archive(archive)})

    def test_what_would_leave_its_folder_is_refused_before_tar_runs(self) -> None:
        file = {f"{TOP}/a": "a"}
        cases = {
            "climbs out": tar_of({**file, f"{TOP}/../../etc/passwd": "root::0:0"}),
            "climbs out.*/etc/cron": tar_of({**file, "/etc/cron.d/x": "x"}),
            "points outside.*-> /etc": tar_of(file, (f"{TOP}/etc", "/etc", tarfile.SYMTYPE)),
            r"points outside.*-> \.\./\.\./etc": tar_of(file, (f"{TOP}/etc", "../../etc", tarfile.SYMTYPE)),
            "points outside.*-> etc/shadow": tar_of(file, (f"{TOP}/b", "etc/shadow", tarfile.LNKTYPE)),
            "something else than files": tar_of(file, (f"{TOP}/null", "", tarfile.CHRTYPE)),
            "not one folder": tar_of({**file, "other/b": "b"}),
            "cannot be read": b"no archive at all",
        }
        for reason, archive in cases.items():
            with self.subTest(reason=reason):
                with self.assertRaisesRegex(AgentError, reason):
                    self.build(archive)
        self.assertEqual([line for line in self.machine.commands if line.startswith("tar")], [])

    def test_a_damaged_archive_is_one_line(self) -> None:
        noise = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(5000))
        whole = lzma.compress(tar_of({f"{TOP}/{number}": noise for number in range(3)}))
        half = len(whole) // 2
        with self.assertRaisesRegex(AgentError, "cannot be read"):
            self.build(whole[:half] + bytes(50) + whole[half + 50 :])

    def test_a_file_below_a_link_is_refused(self) -> None:
        target = io.BytesIO(tar_of({}, (f"{TOP}/lib", "drivers", tarfile.SYMTYPE)))
        with tarfile.open(fileobj=target, mode="a") as archive:
            archive.addfile(tarfile.TarInfo(f"{TOP}/lib/eal.c"))
        with self.assertRaisesRegex(AgentError, "below a symbolic link"):
            self.build(target.getvalue())

    def test_links_that_stay_inside_and_xz_are_taken(self) -> None:
        archive = lzma.compress(tar_of(PROJECT, (f"{TOP}/doc", "lib/eal.c", tarfile.SYMTYPE)))
        self.build(archive)
        self.assertTrue(self.machine.node().exists(f"{PREFIX}/{dpdk.MARK}"))

    def test_an_address_is_asked_over_tls_and_its_failure_is_one_line_with_a_way_out(self) -> None:
        archive = tar_of(PROJECT)
        ready_for_build(self.machine)
        part = {**part_of_archive(archive), "url": "https://fast.example.org/rel/dpdk-24.11.3.tar.xz"}
        with mock.patch.object(dpdkarchive.urllib.request, "urlopen", side_effect=OSError("Network is unreachable")):
            with self.assertRaisesRegex(
                AgentError, "https://fast.example.org.*unreachable; .*put the file on the node"
            ):
                dpdk.apply(self.machine.node(), {**example(), "dpdk": part})
        with mock.patch.object(dpdkarchive.urllib.request, "urlopen", return_value=io.BytesIO(archive)) as asked:
            dpdk.apply(self.machine.node(), {**example(), "dpdk": part})
        self.assertEqual(asked.call_args[0], (part["url"],))
        self.assertTrue(self.machine.node().exists(f"{PREFIX}/{dpdk.MARK}"))


class Plans(unittest.TestCase):
    def test_what_means_something_else_on_a_command_line_is_refused_where_the_plan_is_read(self) -> None:
        import json

        good = part_of_archive()
        parse(json.dumps({**example(), "dpdk": good}))
        wrong = {
            "version": ["24.11; id", "../etc", "24"],
            "sha256": ["", "A" * 64],
            "url": ["http://fast.dpdk.org/x", "file:///etc/x", "/srv/../etc/x", "https://x y"],
            "options": [["--prefix=/usr"], ["-Dexamples=$(id)"]],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value), self.assertRaisesRegex(Refused, f"dpdk.{name}"):
                    parse(json.dumps({**example(), "dpdk": {**good, name: value}}))


if __name__ == "__main__":
    unittest.main()
