"""The stage with the real tar, meson, ninja, compiler and ldconfig, on a project that has DPDK's options and one library.
The node is a folder: absolute paths in commands are moved into it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import unittest
from pathlib import Path
from typing import Sequence

from ..node import Completed, Node
from ..testing_build import tar_of
from ..testing_machine import scratch
from . import dpdk

TOOLS = ("meson", "ninja", "cc", "ldconfig", "pkg-config")
TOP = "dpdk-stable-24.11.3"
PROJECT = {
    "VERSION": "24.11.3\n",
    "eal.c": "int rte_eal_init(void) { return MAX_ETHPORTS; }\n",
    "meson_options.txt": "option('platform', type: 'string', value: 'native')\n"
    "option('max_ethports', type: 'integer', value: 1)\n"
    "option('max_numa_nodes', type: 'string', value: 'default')\n"
    "option('tests', type: 'boolean', value: true)\n",
    "meson.build": "project('DPDK', 'c', version: '24.11.3')\n"
    "eal = shared_library('rte_eal', 'eal.c', soversion: '25', install: true,\n"
    "  c_args: '-DMAX_ETHPORTS=@0@'.format(get_option('max_ethports')))\n"
    "import('pkgconfig').generate(eal, name: 'libdpdk', description: 'one library')\n",
}
OPTIONS = ["-Dplatform=generic", "-Dmax_ethports=32", "-Dmax_numa_nodes=8", "-Dtests=false"]


@unittest.skipUnless(all(shutil.which(tool) for tool in TOOLS) and os.geteuid() == 0, f"needs root and {TOOLS}")
class ReallyBuilt(unittest.TestCase):
    def setUp(self) -> None:
        self.root = scratch(self)
        for folder in ("etc", "opt", "srv", "var/lib", "var/cache/ldconfig"):
            (self.root / folder).mkdir(parents=True)
        archive = tar_of({f"{TOP}/{name}": text for name, text in PROJECT.items()})
        (self.root / "srv/dpdk.tar").write_bytes(archive)
        (self.root / "etc/ld.so.conf").write_text("include /etc/ld.so.conf.d/*.conf\n")
        sha256 = hashlib.sha256(archive).hexdigest()
        part = {"version": "24.11.3", "sha256": sha256, "url": "/srv/dpdk.tar", "options": OPTIONS, "buildSeconds": 120}
        self.plan = {"dpdk": part}
        self.commands: list[str] = []
        self.node = Node(self.root, self.run_inside)

    def run_inside(self, argv: Sequence[str], timeout: float, _stdin: str) -> Completed:
        self.commands.append(argv[0])
        words = ["ldconfig", "-r", "/"] if argv[0] == "ldconfig" else list(argv)
        moved = [f"{self.root}{word}" if word.startswith("/") else word for word in words]
        moved = [word.replace("DESTDIR=", f"DESTDIR={self.root}") for word in moved]
        done = subprocess.run(moved, capture_output=True, text=True, timeout=timeout, check=False)
        return Completed(done.returncode, done.stdout, done.stderr)

    def places(self) -> list[str]:
        mine = ("var/lib/dpdk-fleet", "etc/ld.so.cache", "var/cache/ldconfig")
        found = [str(place.relative_to(self.root)) for place in self.root.rglob("*")]
        return sorted(name for name in found if not name.startswith(mine))

    def test_the_loader_and_pkg_config_find_what_was_built_and_nothing_of_it_stays(self) -> None:
        before = self.places()
        dpdk.apply(self.node, self.plan)
        self.assertEqual(dpdk.check(self.node, self.plan).state, "ok")
        home = Path("/opt/dpdk-24.11.3/lib")
        self.assertRegex(self.loader(), rf"librte_eal\.so\.25 \(.*\) => {home}/librte_eal\.so\.25")
        told = subprocess.run(
            ["pkg-config", "--modversion", "libdpdk"],
            env={**os.environ, "PKG_CONFIG_PATH": f"{self.root}{home}/pkgconfig"},
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertEqual(told.stdout, "24.11.3\n")
        text = (self.root / str(home)[1:] / "pkgconfig/libdpdk.pc").read_text()
        self.assertIn("prefix=/opt/dpdk-24.11.3\n", text)
        dpdk.revert(self.node)
        self.assertEqual(self.places(), before)
        self.assertNotIn("librte_eal", self.loader())

    def test_a_compiler_that_fails_is_one_line_and_what_it_made_before_stays_for_the_next_try(self) -> None:
        real = self.run_inside
        self.node.runner = lambda argv, timeout, stdin: (
            Completed(1, "ninja: build stopped: subcommand failed.", "")
            if argv[0] == "ninja"
            else real(argv, timeout, stdin)
        )
        with self.assertRaisesRegex(Exception, "ended with 1, found ninja: build stopped"):
            dpdk.apply(self.node, self.plan)
        self.assertEqual(self.commands.count("meson"), 1)
        self.node.runner = real
        dpdk.apply(self.node, self.plan)
        self.assertEqual((self.commands.count("meson"), self.commands.count("tar")), (1, 1))
        self.assertEqual(dpdk.check(self.node, self.plan).state, "ok")

    def loader(self) -> str:
        done = subprocess.run(["ldconfig", "-r", str(self.root), "-p"], capture_output=True, text=True, check=True)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
