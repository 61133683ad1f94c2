"""A machine of a test: a root folder, the commands that the agent runs on it, and a boot loader that boots it.
Everything that must survive a reboot lies in the folder, so a test may drop one Node and go on with another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import unittest
import uuid
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Callable, Iterable, Sequence
from unittest import mock

from .bootloader import grubscript
from .cmdline import tokens
from .node import Completed, Node

MENU = """\
### BEGIN /etc/grub.d/00_header ###
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="@DEFAULT@"
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
    save_env saved_entry
  fi
}
### BEGIN /etc/grub.d/10_linux ###
menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option 'gnulinux-simple-1234' {
\tload_video
\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
\tset root='hd0,msdos1'
\techo\t'Loading Linux @RELEASE@ ...'
\tlinux\t/boot/vmlinuz-@RELEASE@ root=UUID=1234 ro @ARGUMENTS@
\tinitrd\t/boot/initrd.img-@RELEASE@
}
submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-1234' {
\tmenuentry 'Debian GNU/Linux, with Linux @RELEASE@' --class debian $menuentry_id_option 'gnulinux-@RELEASE@-1234' {
\t\tlinux\t/boot/vmlinuz-@RELEASE@ root=UUID=1234 ro @ARGUMENTS@
\t}
@OTHERS@\tmenuentry 'Debian GNU/Linux, with Linux @RELEASE@ (recovery mode)' $menuentry_id_option 'gnulinux-recovery-1234' {
\t\tlinux\t/boot/vmlinuz-@RELEASE@ root=UUID=1234 ro single @LINUX@
\t}
}
### BEGIN /etc/grub.d/41_custom ###
if [ -f  ${config_directory}/custom.cfg ]; then
  source ${config_directory}/custom.cfg
fi
"""

OTHER = """\
\tmenuentry 'Debian GNU/Linux, with Linux @RELEASE@' --class debian $menuentry_id_option 'gnulinux-@RELEASE@-1234' {
\t\tlinux\t/boot/vmlinuz-@RELEASE@ root=UUID=1234 ro @ARGUMENTS@
\t}
"""

ASKED = ["intel_iommu=on", "iommu=pt", "hugepagesz=2M", "hugepages=0:128,1:128", "isolcpus=managed_irq,domain,2-3"]

ENVIRONMENT = "# GRUB Environment Block\n"


class Machine:
    """A Debian server with GRUB, in a folder."""

    def __init__(self, root: Path):
        self.root = root
        self.available = {"dpdk-dev": ["dpdk-dev", "libdpdk-dev"], "tool": ["tool"], "chrony": ["chrony"]}
        self.conflicts = {"chrony": {"systemd-timesyncd"}}
        self.bad_boot: Callable[[list[str]], bool] = lambda arguments: "kills=this" in arguments
        self.abstraction = ""
        self.asked_for_reboot = False
        self.commands: list[str] = []
        self.tried: list[list[str]] = []
        self.write(
            "/etc/default/grub",
            'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="console=ttyS0"\n',
        )
        self.write("/etc/grub.d/41_custom", "#!/bin/sh\n")
        self.write("/boot/vmlinuz-6.1.0-56-amd64", "")
        self.write("/boot/grub/grubenv", self._block({}))
        self.write("/var/lib/dpkg/status", "libc6\n")
        for folder in (
            "/etc/systemd/system",
            "/run",
            "/usr/local/sbin",
            "/var/lib/dpkg/updates",
            "/proc/sys/kernel/random",
        ):
            self.path(folder).mkdir(parents=True, exist_ok=True)
        self.update_grub()
        self.boot()

    # --- the folder ---

    def path(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def write(self, absolute: str, text: str) -> None:
        self.path(absolute).parent.mkdir(parents=True, exist_ok=True)
        self.path(absolute).write_text(text)

    def node(self) -> Node:
        return Node(self.root, self.run)

    def snapshot(self, *folders: str) -> dict[str, str]:
        """Every file below these folders: mode and hash; links by what they point to."""
        found = {}
        for folder in folders:
            for place in sorted(self.path(folder).rglob("*")):
                name = str(place.relative_to(self.root))
                if place.is_symlink():
                    found[name] = os.readlink(place)
                elif place.is_file():
                    found[name] = f"{place.stat().st_mode:o} {hashlib.sha256(place.read_bytes()).hexdigest()}"
                else:
                    found[name] = f"{place.stat().st_mode:o}"
        return found

    # --- its boots ---

    def boot(self) -> None:
        """Boots once; a boot that dies is followed by another one, as `panic=` makes it."""
        for _ in range(3):
            arguments = self._boot_loader()
            self.tried.append(arguments)
            self.write("/proc/cmdline", " ".join(arguments) + "\n")
            if not self.bad_boot(arguments):
                break
        self.write("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n")
        subprocess.run(["rm", "-rf", str(self.path("/run/dpdk-fleet"))], check=True)
        self.asked_for_reboot = False

    def _boot_loader(self) -> list[str]:
        text = self.path("/boot/grub/grub.cfg").read_text()
        environment = self._environment()
        name = grubscript.default_name(text, environment)
        if environment.get("next_entry"):
            name = environment["next_entry"]
            self.write("/boot/grub/grubenv", self._block({**environment, "next_entry": ""}))
        custom = self.path("/boot/grub/custom.cfg")
        menu = text + (custom.read_text() if custom.exists() else "")
        entry = grubscript.find(grubscript.entries(menu), name)
        assert entry is not None, name
        return [f"BOOT_IMAGE={entry.kernel()}", *entry.arguments()]

    # --- its commands ---

    def run(self, argv: Sequence[str], _timeout: float, _stdin: str) -> Completed:
        """Does what the command does to the folder."""
        self.commands.append(" ".join(argv))
        if argv[0] == "env":
            argv = argv[3:]
        name = "_" + argv[0].replace("-", "_")
        return (
            getattr(self, name)(list(argv[1:])) if hasattr(self, name) else Completed(127, "", f"{argv[0]}: not found")
        )

    def update_grub(self) -> None:
        self.write("/boot/grub/grub.cfg", self._menu())

    def _grub_mkconfig(self, _words: list[str]) -> Completed:
        return Completed(0, self._menu(), "")

    def _grub_script_check(self, _words: list[str]) -> Completed:
        return Completed(0, "", "")

    def _menu(self) -> str:
        files = [self.path("/etc/default/grub"), *sorted(self.path("/etc/default/grub.d").glob("*.cfg"))]
        script = "".join(f". '{file}'\n" for file in files)
        script += 'printf "%s\\n%s\\n%s" "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT" "$GRUB_DEFAULT"'
        out = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=True).stdout
        linux, default, entry = out.split("\n")
        text = MENU.replace("@OTHERS@", "".join(OTHER.replace("@RELEASE@", each) for each in self._releases()[1:]))
        text = text.replace("@RELEASE@", self._releases()[0])
        text = text.replace("@ARGUMENTS@", f"{linux} {default}").replace("@LINUX@", linux)
        return text.replace("@DEFAULT@", "${saved_entry}" if entry == "saved" else entry)

    def _releases(self) -> list[str]:
        """The kernels in /boot, the newest first, as grub-mkconfig sorts them."""
        return sorted((place.name.partition("-")[2] for place in self.path("/boot").glob("vmlinuz-*")), reverse=True)

    def _environment(self) -> dict[str, str]:
        place = self.path("/boot/grub/grubenv")
        return grubscript.environment_of(place.read_text()) if place.exists() else {}

    @staticmethod
    def _block(variables: dict[str, str]) -> str:
        text = ENVIRONMENT + "".join(f"{name}={value}\n" for name, value in variables.items())
        return text + "#" * (1024 - len(text))

    def _grub_reboot(self, words: list[str]) -> Completed:
        self.write("/boot/grub/grubenv", self._block({**self._environment(), "next_entry": words[0]}))
        return Completed(0, "", "")

    def _grub_editenv(self, words: list[str]) -> Completed:
        assert words[1] == "unset", words
        self.write("/boot/grub/grubenv", self._block({n: v for n, v in self._environment().items() if n != words[2]}))
        return Completed(0, "", "")

    def _grub_probe(self, words: list[str]) -> Completed:
        return Completed(0, "ext2\n" if words[0] == "--target=fs" else f"{self.abstraction}\n", "")

    def _systemd_run(self, words: list[str]) -> Completed:
        self.asked_for_reboot = self.asked_for_reboot or words[-2:] == ["systemctl", "reboot"]
        return Completed(0, "", "")

    def _systemctl(self, _words: list[str]) -> Completed:
        return Completed(0, "", "")

    def _journalctl(self, _words: list[str]) -> Completed:
        return Completed(1, "", "")

    # --- its packages ---

    def _dpkg_query(self, words: list[str]) -> Completed:
        names = words[3:]
        there = self.path("/var/lib/dpkg/status").read_text().split()
        shown = [name for name in there if not names or any(fnmatchcase(name, pattern) for pattern in names)]
        held, versions = self._noted("holds"), dict(line.split("=") for line in self._noted("versions"))
        rows = [f"{n} installed {'hold' if n in held else 'install'} {versions.get(n, '1.0')}\n" for n in shown]
        return Completed(0 if not names or set(names) <= set(there) else 1, "".join(rows), "")

    def _apt_mark(self, words: list[str]) -> Completed:
        unknown = set(words[1:]) - set(self.path("/var/lib/dpkg/status").read_text().split())
        if unknown:
            return Completed(100, "", f"E: Unable to locate package {unknown.pop()}")
        held = set(self._noted("holds"))
        self._note("holds", held | set(words[1:]) if words[0] == "hold" else held - set(words[1:]))
        return Completed(0, "", "")

    def _noted(self, name: str) -> list[str]:
        place = self.path(f"/var/lib/dpkg/{name}")
        return place.read_text().split() if place.exists() else []

    def _note(self, name: str, lines: Iterable[str]) -> None:
        self.path(f"/var/lib/dpkg/{name}").unlink(missing_ok=True)
        if lines:
            self.write(f"/var/lib/dpkg/{name}", "".join(f"{line}\n" for line in sorted(lines)))

    def _dpkg(self, words: list[str]) -> Completed:
        if words[0] == "--purge":
            self._set_packages(set(self.path("/var/lib/dpkg/status").read_text().split()) - set(words[1:]))
            self._note("versions", [line for line in self._noted("versions") if line.split("=")[0] not in words[1:]])
        return Completed(0, "", "")

    def _apt_get(self, words: list[str]) -> Completed:
        names = [word.partition("=")[0] for word in words if word.partition("=")[0] in self.available]
        if "update" in words:
            return Completed(0, "", "")
        there = set(self.path("/var/lib/dpkg/status").read_text().split())
        going = there & {each for name in names for each in self.conflicts.get(name, ())}
        if going and "--no-remove" in words:
            return Completed(100, "", "E: Packages need to be removed but remove is disabled.")
        if "-s" in words:
            return Completed(0, "", "")
        stuck = set(names) & set(self._noted("holds"))
        if stuck:
            return Completed(
                100, "", "E: Held packages were changed and -y was used without --allow-change-held-packages."
            )
        pinned = [word for word in words if word.partition("=")[0] in names and "=" in word]
        others = [line for line in self._noted("versions") if line.split("=")[0] not in names]
        self._note("versions", [*others, *pinned])
        self._set_packages((there - going).union(*(self.available[name] for name in names)))
        return Completed(0, "", "")

    def _set_packages(self, names: set[str]) -> None:
        self.write("/var/lib/dpkg/status", "".join(f"{name}\n" for name in sorted(names)))


def scratch(test: unittest.TestCase) -> Path:
    """An empty folder that goes with the test; in memory where there is some, because every write is synced."""
    folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def no_facts(test: unittest.TestCase) -> None:
    """The machine has no /sys, so nothing is compared with its hardware."""
    patched = mock.patch("dpdk_node_agent.converge.refuse_impossible", lambda node, asked: None)
    patched.start()
    test.addCleanup(patched.stop)


def plan(arguments: list[str], packages: list[str] | None = None) -> dict:
    """A plan of the boot phase only."""
    return {
        "version": 1,
        "node": "alpha",
        "kernel": {"arguments": arguments, "panicSeconds": 10, "trialSeconds": 300},
        "packages": packages or [],
        "modules": [],
        "hugepages": [],
        "hugepageMounts": [],
        "cpus": {"online": "0-3", "housekeeping": "0-1", "isolated": "2-3"},
        "nics": [],
        "sysctl": [],
        "files": [],
        "limits": {"confirmSeconds": 120, "packagesSeconds": 900},
    }


def running(machine: Machine) -> list[str]:
    return tokens(machine.path("/proc/cmdline").read_text())
