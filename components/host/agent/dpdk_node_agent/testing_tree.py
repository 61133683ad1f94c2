"""A folder that imitates a machine with an igb card for the tests: /sys, /proc and /etc, and a kernel that reacts to what is
written there. A Node of it may be killed before any effect; the machine stays, and the next Node goes on with it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

from .errors import AgentError
from .node import Completed, Node

PF, UPLINK = "0000:01:00.0", "0000:00:10.0"
VFS = ("0000:02:10.0", "0000:02:10.2")
PEER, LOCAL = "10.0.2.2", "10.0.2.15"
ARGUMENTS = ("intel_iommu=on iommu=pt default_hugepagesz=2M hugepagesz=2M hugepages=0:128,1:128 "
             "isolcpus=managed_irq,domain,2-3 nohz_full=2-3 rcu_nocbs=2-3")


class Killed(BaseException):
    """The agent's process is gone, in front of its next effect."""


def plan() -> dict:
    """The example of the contract."""
    folder = Path(__file__).resolve().parents[2]
    return json.loads((folder / "plan.example.json").read_text())


@dataclass
class Machine:
    """What stays when an agent dies."""

    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dpdk-node-")))
    room: dict[str, int] = field(default_factory=lambda: {"0": 10_000, "1": 10_000})
    macs: dict[int, str] = field(default_factory=dict)
    timers: dict[str, list[str]] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    log: str = ""
    missing_modules: set[str] = field(default_factory=set)
    stubborn: bool = False  # vfio-pci refuses every function

    def __post_init__(self) -> None:
        _build(self)

    def node(self, kill_at: int | None = None) -> KernelNode:
        return KernelNode(self.root, self.answer, self, kill_at)

    def remove(self) -> None:
        shutil.rmtree(self.root)

    # --- building ------------------------------------------------------------------------------------------------

    def file(self, path: str, text: str, mode: int = 0o644) -> None:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)

    def symlink(self, path: str, target: str) -> None:
        """`target` is absolute in the machine; the link is relative, so that it stays inside the folder."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(os.path.relpath(self.root / target.lstrip("/"), place.parent))

    def text(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text().strip()

    def function(self, pci: str, group: int | None, driver: str | None, kind: str = "0x020000", **files: str) -> str:
        home = f"/sys/devices/pci0000:00/{pci}"
        given = {"class": kind, "vendor": "0x8086", "device": "0x10c9", "numa_node": "0", "driver_override": "(null)", **files}
        for name, text in given.items():
            self.file(f"{home}/{name}", f"{text}\n")
        self.symlink(f"/sys/bus/pci/devices/{pci}", home)
        if group is not None:
            self.symlink(f"/sys/kernel/iommu_groups/{group}/devices/{pci}", home)
            self.symlink(f"{home}/iommu_group", f"/sys/kernel/iommu_groups/{group}")
        if driver:
            self.bind(pci, driver)
        return home

    def interface(self, name: str, pci: str | None, mac: str, up: bool = True, below: str = "") -> None:
        home = f"/sys/devices/pci0000:00/{pci}{below}/net/{name}" if pci else f"/sys/devices/virtual/net/{name}"
        self.file(f"{home}/address", f"{mac}\n")
        self.file(f"{home}/flags", "0x1003\n" if up else "0x1002\n")
        self.file(f"{home}/carrier", "1\n" if up else "0\n")
        if pci:
            self.symlink(f"{home}/device", f"/sys/devices/pci0000:00/{pci}{below}")
        self.symlink(f"/sys/class/net/{name}", home)

    def lower(self, upper: str, lower: str) -> None:
        self.symlink(f"/sys/class/net/{upper}/lower_{lower}", f"/sys/class/net/{lower}")

    # --- the kernel ----------------------------------------------------------------------------------------------

    def bind(self, pci: str, driver: str) -> None:
        self.file(f"/sys/bus/pci/drivers/{driver}/new_id", "")
        self.symlink(f"/sys/devices/pci0000:00/{pci}/driver", f"/sys/bus/pci/drivers/{driver}")
        group = os.path.basename(os.path.realpath(self.root / f"sys/devices/pci0000:00/{pci}/iommu_group"))
        if driver == "vfio-pci":
            self.file(f"/dev/vfio/{group}", "")
        if driver == "igb":
            self.interface("enp1s0", pci, "52:54:00:d0:00:01", up=False)

    def unbind(self, pci: str) -> None:
        home = self.root / f"sys/devices/pci0000:00/{pci}"
        driver = os.path.basename(os.readlink(home / "driver"))
        (home / "driver").unlink()
        if driver == "vfio-pci":
            (self.root / "dev/vfio" / os.path.basename(os.readlink(home / "iommu_group"))).unlink()
        if driver == "igb":
            shutil.rmtree(home / "net")
            (self.root / "sys/class/net/enp1s0").unlink()

    def write(self, path: str, text: str) -> bool:
        """The kernel's reaction to a value; False: the file just keeps it."""
        name, pci = path.rpartition("/")[2], text.strip()
        if name in ("drop_caches", "compact_memory"):
            return True
        if name == "unbind":
            self.unbind(pci)
        elif name == "drivers_probe":
            self.probe(pci)
        elif name == "driver_override":
            self.file(os.path.realpath(self.root / path.lstrip("/"))[len(str(self.root)):], f"{text.strip() or '(null)'}\n")
        elif name == "nr_hugepages":
            self.file(path, f"{min(int(text), self.room[path.split('/node/node')[1][0]])}\n")
        elif name == "sriov_numvfs":
            self.set_functions(int(text))
        else:
            self.file(path, text.strip() + "\n")
        return True

    def probe(self, pci: str) -> None:
        home = f"/sys/devices/pci0000:00/{pci}"
        override = self.text(f"{home}/driver_override")
        if override == "vfio-pci" and self.stubborn:
            return
        if override != "(null)":
            self.bind(pci, override)
        elif pci == PF:
            self.bind(pci, "igb")

    def set_functions(self, count: int) -> None:
        home = f"/sys/devices/pci0000:00/{PF}"
        now = int(self.text(f"{home}/sriov_numvfs"))
        if now and count:
            raise AgentError("the kernel refused the number", where=PF, value="Device or resource busy")
        for index in range(now):
            function = self.root / f"sys/devices/pci0000:00/{VFS[index]}"
            if (function / "driver").is_symlink():
                self.unbind(VFS[index])
            shutil.rmtree(function)
            shutil.rmtree(self.root / f"sys/kernel/iommu_groups/{20 + index}")
            (self.root / f"sys/bus/pci/devices/{VFS[index]}").unlink()
            (self.root / f"{home[1:]}/virtfn{index}").unlink()
        for index in range(count):
            probed = self.text(f"{home}/sriov_drivers_autoprobe") == "1"
            function = self.function(VFS[index], 20 + index, "igbvf" if probed else None, device="0x10ca")
            self.symlink(f"{function}/physfn", home)
            self.symlink(f"{home}/virtfn{index}", function)
        self.macs = {index: f"de:ad:00:00:00:0{index}" for index in range(count)}
        self.file(f"{home}/sriov_numvfs", f"{count}\n")

    def reboot(self) -> None:
        """What a kernel forgets."""
        self.timers.clear()
        for where in list(self.mounts):
            self.unmount(where)
        self.set_functions(0)
        self.file(f"/sys/devices/pci0000:00/{PF}/sriov_drivers_autoprobe", "1\n")
        self.file("/sys/class/net/enp1s0/flags", "0x1002\n")
        for numa in self.room:
            self.file(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
        self.file("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n")

    # --- its commands --------------------------------------------------------------------------------------------

    def answer(self, argv: Sequence[str], _timeout: float, _stdin: str) -> Completed:
        self.commands.append(" ".join(argv))
        command, rest = argv[0], list(argv[1:])
        if command == "modprobe":
            return self.modprobe(rest)
        if command == "ip":
            return self.ip(rest)
        if command == "systemctl":
            return self.systemctl(rest)
        if command == "systemd-run":
            unit = next(word.partition("=")[2] for word in rest if word.startswith("--unit="))
            self.timers[unit] = rest
            return Completed(0, "", "")
        answers = {"dmesg": self.log, "grub-probe": "ext2\n" if "--target=fs" in rest else "\n", "udevadm": "", "getent": ""}
        return Completed(0, answers[command], "")

    def modprobe(self, rest: list[str]) -> Completed:
        name = rest[-1].replace("-", "_")
        brings = ["vfio", "vfio_iommu_type1"] if name == "vfio_pci" else []
        if rest[0] == "--show-depends":
            return Completed(0, "".join(f"insmod /lib/modules/6.1/{each}.ko.xz\n" for each in [*brings, name]), "")
        if name in self.missing_modules:
            return Completed(1, "", f"modprobe: FATAL: Module {rest[-1]} not found")
        if rest[0] == "-r":
            shutil.rmtree(self.root / "sys/module" / name)
        else:
            for each in [*brings, name]:
                self.file(f"/sys/module/{each}/refcnt", "0\n")
        return Completed(0, "", "")

    def ip(self, rest: list[str]) -> Completed:
        if rest[0] == "-j":
            functions = [{"vf": index, "address": mac} for index, mac in self.macs.items()]
            return Completed(0, json.dumps([{"ifname": rest[-1], "vfinfo_list": functions}]), "")
        name = rest[2]
        if rest[3] == "vf":
            self.macs[int(rest[4])] = rest[6]
        else:
            self.file(f"/sys/class/net/{name}/flags", "0x1003\n" if rest[3] == "up" else "0x1002\n")
            self.file(f"/sys/class/net/{name}/carrier", "1\n" if rest[3] == "up" else "0\n")
        return Completed(0, "", "")

    def systemctl(self, rest: list[str]) -> Completed:
        name = rest[-1]
        if rest[0] == "stop" and "*" in name:
            self.timers.pop(name.partition("*")[0], None)
        elif name.endswith(".mount"):
            unit = dict(line.split("=", 1) for line in self._unit(name) if "=" in line)
            if rest[0] in ("stop", "restart"):
                self.unmount(unit["Where"])
            if rest[0] in ("start", "restart"):
                self.mount(unit["Where"], unit["Options"])
        return Completed(0, "", "")

    def mount(self, where: str, options: str) -> None:
        kept = [f"{'mode=' + text.split('=')[1].lstrip('0') if text.startswith('mode=') else text}"
                for text in options.split(",") if text not in ("uid=0", "gid=0")]
        self.mounts[where] = ",".join(["rw", "relatime", *kept])
        self._show_mounts()

    def unmount(self, where: str) -> None:
        self.mounts.pop(where, None)
        self._show_mounts()

    def _show_mounts(self) -> None:
        lines = ["/dev/vda1 / ext4 rw 0 0\n", *(f"hugetlbfs {w} hugetlbfs {o} 0 0\n" for w, o in self.mounts.items())]
        self.file("/proc/self/mounts", "".join(lines))

    def _unit(self, name: str) -> list[str]:
        return self.text(f"/etc/systemd/system/{name}").splitlines()

    # --- comparing -----------------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, str]:
        """Everything outside the agent's own memory: kind, mode, content."""
        found = {"macs": str(self.macs), "timers": str(self.timers), "mounts": str(self.mounts)}
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                place = Path(folder) / name
                path = str(place.relative_to(self.root))
                if not path.startswith("var/lib/dpdk-fleet"):
                    found[path] = _describe(place)
        return found


@dataclass
class KernelNode(Node):
    """A Node whose kernel values go to the machine, and that counts its effects."""

    machine: Machine | None = None
    kill_at: int | None = None
    effects: int = 0

    def _effect(self) -> None:
        self.effects += 1
        if self.effects == self.kill_at:
            raise Killed

    def run(self, *argv: str, timeout: float = 60, stdin: str = "") -> str:
        self._effect()
        return super().run(*argv, timeout=timeout, stdin=stdin)

    def write_file(self, absolute: str, text: str, mode: int = 0o644, uid: int = 0, gid: int = 0) -> None:
        self._effect()
        super().write_file(absolute, text, mode, uid, gid)

    def write_value(self, absolute: str, text: str) -> None:
        self._effect()
        assert self.machine is not None
        self.machine.write(absolute, text)

    def make_folder(self, absolute: str, mode: int = 0o755) -> None:
        self._effect()
        super().make_folder(absolute, mode)

    def link(self, absolute: str, target: str) -> None:
        self._effect()
        super().link(absolute, target)

    def remove(self, absolute: str) -> None:
        self._effect()
        super().remove(absolute)


def _describe(place: Path) -> str:
    if place.is_symlink():
        return f"link {os.readlink(place)}"
    mode = stat.S_IMODE(place.stat().st_mode)
    return f"folder {mode:o}" if place.is_dir() else f"file {mode:o} {place.read_text()}"


def _build(machine: Machine) -> None:
    """Two NUMA nodes of two CPUs, the uplink on virtio, an igb card whose link is down, everything as after a boot."""
    machine.file("/proc/cmdline", f"BOOT_IMAGE=/boot/vmlinuz root=UUID=1 ro {ARGUMENTS}\n")
    machine.file("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n")
    machine.file("/proc/sys/kernel/hostname", "alpha\n")
    machine.file("/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n")
    machine.file("/proc/sys/vm/max_map_count", "65530\n")
    machine.file("/proc/self/limits", "Max locked memory         8388608              8388608              bytes\n")
    machine.file("/proc/cpuinfo", "flags\t\t: fpu pdpe1gb\n")
    machine.file("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    machine.file("/lib/modules/6.1.0-40-amd64/modules.dep", "kernel/drivers/vfio/pci/vfio-pci.ko: \n")
    machine.file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
    machine.file("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\ndpdk:x:990:990::/:/bin/false\n")
    machine.file("/etc/group", "root:x:0:\nhugepages:x:991:\n")
    machine.file("/usr/local/sbin/dpdk-node-agent", "", 0o755)
    machine.file("/boot/grub/grub.cfg", "custom.cfg\n")
    machine._show_mounts()
    for folder in ("etc/systemd/system", "etc/sysctl.d", "etc/modules-load.d", "var/lib", "mnt", "dev/vfio", "sys/module"):
        (machine.root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in {"online": "0-3", "isolated": "2-3", "nohz_full": "2-3"}.items():
        machine.file(f"/sys/devices/system/cpu/{name}", f"{text}\n")
    for cpu in range(4):
        machine.file(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", f"{cpu}\n")
    for numa in range(2):
        home = f"/sys/devices/system/node/node{numa}"
        machine.file(f"{home}/cpulist", f"{2 * numa}-{2 * numa + 1}\n")
        machine.file(f"{home}/meminfo", f"Node {numa} MemTotal:        1536000 kB\n")
        machine.file(f"{home}/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
        machine.file(f"{home}/hugepages/hugepages-2048kB/free_hugepages", "0\n")
    machine.function(UPLINK, 3, "virtio-pci")
    machine.interface("enp0s16", UPLINK, "52:54:00:aa:00:01", below="/virtio0")
    machine.file("/sys/bus/pci/drivers/vfio-pci/new_id", "")
    machine.function(PF, 14, "igb", sriov_numvfs="0", sriov_totalvfs="7", sriov_drivers_autoprobe="1")
    machine.file("/proc/net/route", _ROUTES)
    machine.file("/proc/net/tcp", _TCP)


# Default route over enp0s16 to 10.0.2.2, and its network; one established connection 10.0.2.15:22 from 10.0.2.2.
_ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
enp0s16\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
enp0s16\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
_TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100
   1: 0F02000A:0016 0202000A:C738 01 00000000:00000000 00:00000000 00000000     0        0 101
"""
