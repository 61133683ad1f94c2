"""Machines whose boot entries are files in loader/entries, as distributions lay them out, and what reads and writes
those files there: GRUB's blscfg, grubby, kernel-install, systemd-boot, bootctl. No machine of the lab has them."""

from __future__ import annotations

import re
import shutil
from functools import cmp_to_key
from pathlib import Path

from .bootloader import grubscript
from .bootloader.efi import LOADER
from .bootloader.versions import grub_compare
from .node import Completed
from .testing_machine import Machine
from .testing_uefi import UefiMachine

MACHINE = "c2a3b4d5e6f708192a3b4c5d6e7f8091"
KERNEL, NEWER = "5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.20.1.el9_4.x86_64"
RESCUE = f"{MACHINE}-0-rescue"
LINE = "crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M resume=/dev/mapper/rl-swap rd.lvm.lv=rl/root rd.lvm.lv=rl/swap"
ENTRIES = "/boot/loader/entries"
_DEFAULTS = f"""\
GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR="$(sed 's, release .*$,,g' /etc/system-release)"
GRUB_DEFAULT=saved
GRUB_DISABLE_SUBMENU=true
GRUB_TERMINAL_OUTPUT="console"
GRUB_CMDLINE_LINUX="{LINE}"
GRUB_DISABLE_RECOVERY="true"
GRUB_ENABLE_BLSCFG=true
"""
_CONFIG = """\
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${saved_entry}"
fi
insmod blscfg
blscfg
"""


def entry(release: str, options: str, title: str = "Rocky Linux") -> str:
    """What 20-grub.install writes for a kernel."""
    return (
        f"title {title} ({release}) 9.4 (Blue Onyx)\nversion {release}\nlinux /vmlinuz-{release}\n"
        f"initrd /initramfs-{release}.img $tuned_initrd\noptions {options}\n"
        "grub_users $grub_users\ngrub_arg --unrestricted\ngrub_class rocky\n"
    )


class BlsMachine(Machine):
    """Rocky Linux 9 by default; RHEL 8 has $kernelopts in its entries, and the line in GRUB's environment."""

    def __init__(self, root: Path, kernelopts: bool = False):
        self.kernelopts = kernelopts
        super().__init__(root)

    def update_grub(self) -> None:
        """Lays the machine out; its menu needs no command."""
        shutil.rmtree(self.path("/boot/grub"))
        root = "root=/dev/mapper/rl-root ro"
        options = "$kernelopts $tuned_params" if self.kernelopts else f"{root} {LINE} $tuned_params"
        self.write("/etc/default/grub", _DEFAULTS)
        self.write("/boot/grub2/grub.cfg", _CONFIG)
        variables = {"saved_entry": f"{MACHINE}-{KERNEL}", "menu_auto_hide": "1", "boot_success": "0"}
        if self.kernelopts:
            variables["kernelopts"] = f"{root} {LINE}"
        self.write("/boot/grub2/grubenv", self._block(variables))
        self.write(f"{ENTRIES}/{MACHINE}-{KERNEL}.conf", entry(KERNEL, options))
        self.write(f"{ENTRIES}/{RESCUE}.conf", entry(f"0-rescue-{MACHINE}", f"{root} {LINE}"))

    def environment(self) -> dict[str, str]:
        return grubscript.environment_of(self.path("/boot/grub2/grubenv").read_text())

    def set_environment(self, **changed: str | None) -> None:
        found = {**self.environment(), **changed}
        self.write("/boot/grub2/grubenv", self._block({n: v for n, v in found.items() if v is not None}))

    def names(self) -> list[str]:
        """The entries as GRUB sorts them."""
        found = [place.name[: -len(".conf")] for place in self.path(ENTRIES).glob("[!.]*.conf")]
        return sorted(found, key=cmp_to_key(grub_compare), reverse=True)

    def options(self, name: str) -> str:
        text = self.path(f"{ENTRIES}/{name}.conf").read_text()
        return re.search(r"^options (.*)$", text, re.MULTILINE)[1]

    def _boot_loader(self) -> list[str]:
        variables = self.environment()
        wanted = variables.get("next_entry") or variables.get("saved_entry", "")
        if variables.get("next_entry"):
            self.set_environment(next_entry="")
        name = wanted if wanted in self.names() else self.names()[0]
        line = re.sub(r"\$(\w+)", lambda found: variables.get(found[1], ""), self.options(name))
        return [f"BOOT_IMAGE=(hd0,gpt2)/vmlinuz-{name}", *line.split()]

    # --- its commands ---

    def _grub2_probe(self, words: list[str]) -> Completed:
        return self._grub_probe(words)

    def _grub2_reboot(self, words: list[str]) -> Completed:
        self.set_environment(next_entry=words[0])
        return Completed(0, "", "")

    def _grub2_editenv(self, words: list[str]) -> Completed:
        assert words[1] == "unset", words
        self.set_environment(**{words[2]: None})
        return Completed(0, "", "")

    def kernel_install(self, release: str) -> None:
        """A kernel package: the new entry takes /etc/kernel/cmdline, or what runs (20-grub.install); it is the
        default."""
        given = self.path("/etc/kernel/cmdline")
        text = given.read_text() if given.exists() else self.path("/proc/cmdline").read_text()
        line = [t for t in text.split() if not t.startswith(("initrd=", "BOOT_IMAGE="))]
        self.write(f"{ENTRIES}/{MACHINE}-{release}.conf", entry(release, " ".join([*line, "$tuned_params"])))
        self.set_environment(saved_entry=f"{MACHINE}-{release}")

    def grubby_all(self, args: str = "", remove: str = "") -> None:
        """`grubby --update-kernel=ALL --args=… --remove-args=…`, as grubby-bls 8.40-48 does it: every entry, rescue
        too, /etc/default/grub, and /etc/kernel/cmdline, which it makes from the last entry where it is missing."""
        defaults = self.path("/etc/default/grub")
        text, value = defaults.read_text(), ""
        for found in re.findall(r'^GRUB_CMDLINE_LINUX="(.*)"$', text, re.MULTILINE):
            value = found.replace("${GRUB_CMDLINE_LINUX:-}", value)
        new = updated(value, args, remove)
        defaults.write_text(re.sub(r"^GRUB_CMDLINE_LINUX=.*$", f'GRUB_CMDLINE_LINUX="{new}"', text, flags=re.MULTILINE))
        names = self.names()
        for name in names:
            place = self.path(f"{ENTRIES}/{name}.conf")
            new = updated(self.options(name), args, remove)
            place.write_text(re.sub(r"^options .*$", lambda _: f"options {new}", place.read_text(), flags=re.MULTILINE))
        given = self.path("/etc/kernel/cmdline")
        old = given.read_text() if given.exists() else self.options(names[-1])
        self.write("/etc/kernel/cmdline", updated(old, args, remove) + "\n")


def updated(line: str, args: str, remove: str) -> str:
    """update_args of grubby-bls: what is added takes the place of every argument of its name."""
    left = line.split()
    for token in remove.split():
        if "=" in token:
            if token in left:
                left.remove(token)
        else:
            left = [each for each in left if each.partition("=")[0] != token]
    names = {token.partition("=")[0] for token in args.split()}
    return " ".join([each for each in left if each.partition("=")[0] not in names] + args.split())


class SystemdBootMachine(UefiMachine):
    """Debian with systemd-boot: entries on the ESP, with a sort key, the newest counting its boots."""

    entries = "/boot/efi/loader/entries"

    def __init__(self, root: Path):
        super().__init__(root)
        shutil.rmtree(self.path("/boot/grub"))
        shutil.rmtree(self.path("/boot/efi/EFI/debian"))
        self.write("/boot/efi/loader/loader.conf", "timeout 3\n")
        self.set_text("LoaderInfo", "systemd-boot 252.22-1~deb12u1")
        self.write(self._file("6.1.0-56-amd64"), self._entry("6.1.0-56-amd64", "root=UUID=1234 ro quiet"))
        self.boot()

    def _file(self, release: str, counter: str = "") -> str:
        return f"{self.entries}/{MACHINE}-{release}{counter}.conf"

    @staticmethod
    def _entry(release: str, options: str) -> str:
        """What 90-loaderentry.install writes."""
        return (
            f"# Boot Loader Specification type#1 entry\ntitle      Debian GNU/Linux 12 (bookworm)\n"
            f"version    {release}\nmachine-id {MACHINE}\nsort-key   debian\noptions    {options}\n"
            f"linux      /{MACHINE}/{release}/linux\ninitrd     /{MACHINE}/{release}/initrd.img-{release}\n"
        )

    def kernel_install(self, release: str, counter: str = "") -> None:
        given = self.path("/etc/kernel/cmdline")
        text = given.read_text() if given.exists() else self.path("/proc/cmdline").read_text()
        line = [token for token in text.split() if not token.startswith("initrd=")]
        self.write(self._file(release, counter), self._entry(release, " ".join(line)))

    def _boot_loader(self) -> list[str]:
        """One shot, or the entry with the highest version; a boot takes one of an entry's tries."""
        if not self.path(self.entries).exists():
            return []
        found = self.path(self.entries).glob("[!.]*.conf")
        places = {re.sub(r"\+\d+(-\d+)?\.conf$", ".conf", place.name): place for place in found}
        wanted = self._text("LoaderEntryOneShot")
        if wanted:
            self.drop_variable("LoaderEntryOneShot", LOADER)
        else:
            numbers = {name: [int(n) for n in re.findall(r"\d+", name[len(MACHINE) :])] for name in places}
            wanted = max(numbers, key=lambda name: numbers[name])
        place = places[wanted]
        text = place.read_text()
        counted = re.search(r"\+(\d+)(?:-(\d+))?\.conf$", place.name)
        if counted:
            left, done = int(counted[1]) - 1, int(counted[2] or 0) + 1
            place.rename(place.with_name(f"{wanted[: -len('.conf')]}+{left}-{done}.conf"))
        self.set_text("LoaderEntrySelected", wanted)
        found = dict(re.findall(r"^(\w+) +(.*)$", text, re.MULTILINE))
        return [f"initrd={found['initrd']}", *found["options"].split()]

    def bless(self) -> None:
        """systemd-bless-boot: an entry that has booted well loses its counter."""
        for place in self.path(self.entries).glob("*+*.conf"):
            place.rename(place.with_name(re.sub(r"\+\d+(-\d+)?\.conf$", ".conf", place.name)))

    def _text(self, name: str) -> str:
        return (self.variable(name, LOADER) or b"").decode("utf-16-le").rstrip("\0")

    def _bootctl(self, words: list[str]) -> Completed:
        assert words[0] == "set-oneshot", words
        if words[1]:
            self.set_text("LoaderEntryOneShot", words[1])
        elif self.variable("LoaderEntryOneShot", LOADER) is not None:
            self.drop_variable("LoaderEntryOneShot", LOADER)
        return Completed(0, "", "")
