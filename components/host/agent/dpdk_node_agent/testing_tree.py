"""A folder that imitates a machine with an igb card: /sys, /proc and /etc, and a kernel that reacts to what is written
there. A Node of it may be killed before any effect; the machine stays, and the next Node goes on with it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable

from .errors import AgentError
from .kubeletstate import HEALTHZ_PORT
from .node import Node, Runner
from .testing_commands import answer
from . import testing_tuning
from .testing_driver import Driver
from .testing_kubelet import Kubelet
from .testing_layout import PF, UPLINK, VFS, build
from .testing_service import DataPlane, apply_rules


# In memory where there is some, because every write is synced.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Killed(BaseException):
    """The agent's process is gone, in front of its next effect."""


def plan() -> dict:
    """The example of the contract."""
    folder = Path(__file__).resolve().parents[2]
    return json.loads((folder / "plan.example.json").read_text())


@dataclass
class Machine:
    """What stays when an agent dies."""

    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dpdk-node-", dir=_MEMORY)))
    room: dict[str, int] = field(default_factory=lambda: {"0": 10_000, "1": 10_000})
    macs: dict[int, str] = field(default_factory=dict)
    trusted: set[int] = field(default_factory=set)
    timers: dict[str, list[str]] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    log: str = ""
    missing_modules: set[str] = field(default_factory=set)
    stubborn: bool = False  # vfio-pci refuses every function
    dying: set[str] = field(default_factory=set)  # steps of a build that end half done
    data_plane: DataPlane = field(default_factory=DataPlane)
    kubelet: Kubelet | None = None
    tuned: bool = False  # has what tuning is about
    slow: bool = False  # a service that is started has its environment a moment later
    ip_routes: dict[str, list[dict]] = field(default_factory=dict)  # of `ip -4 route` and `ip -6 route`
    drivers: dict[str, Driver] = field(default_factory=dict)  # of interfaces that ethtool's requests concern

    def __post_init__(self) -> None:
        build(self)

    def node(self, kill_at: int | None = None) -> KernelNode:
        return KernelNode(self.root, lambda argv, _timeout, _stdin: answer(self, argv), self, kill_at)

    def with_tuning(self) -> Machine:
        self.tuned = True
        testing_tuning.build(self)
        return self

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
        given = {
            "class": kind,
            "vendor": "0x8086",
            "device": "0x10c9",
            "numa_node": "0",
            "driver_override": "(null)",
            **files,
        }
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
        self.symlink(f"/sys/class/net/{lower}/upper_{upper}", f"/sys/class/net/{upper}")

    # --- the kernel ----------------------------------------------------------------------------------------------

    def bind(self, pci: str, driver: str) -> None:
        self.file(f"/sys/bus/pci/drivers/{driver}/new_id", "")
        self.symlink(f"/sys/devices/pci0000:00/{pci}/driver", f"/sys/bus/pci/drivers/{driver}")
        group = os.path.basename(os.path.realpath(self.root / f"sys/devices/pci0000:00/{pci}/iommu_group"))
        if driver == "vfio-pci":
            if not group.isdigit():
                group = self.group_without_iommu(pci)
            self.file(f"/dev/vfio/{group}", "", 0o600)
            apply_rules(self)
        if driver == "igb":
            self.interface("enp1s0", pci, "52:54:00:d0:00:01", up=False)
            self.drivers["enp1s0"] = Driver()

    def group_without_iommu(self, pci: str) -> str:
        """The group that vfio makes for a function where no IOMMU has one; answers the name of its device."""
        number = len(os.listdir(self.root / "sys/kernel/iommu_groups"))
        self.file(f"/sys/kernel/iommu_groups/{number}/name", "vfio-noiommu\n")
        home = f"/sys/devices/pci0000:00/{pci}"
        self.symlink(f"/sys/kernel/iommu_groups/{number}/devices/{pci}", home)
        self.symlink(f"{home}/iommu_group", f"/sys/kernel/iommu_groups/{number}")
        return f"noiommu-{number}"

    def unbind(self, pci: str) -> None:
        home = self.root / f"sys/devices/pci0000:00/{pci}"
        driver = os.path.basename(os.readlink(home / "driver"))
        (home / "driver").unlink()
        if driver == "vfio-pci":
            group = os.path.basename(os.readlink(home / "iommu_group"))
            if (self.root / f"sys/kernel/iommu_groups/{group}/name").exists():
                shutil.rmtree(self.root / f"sys/kernel/iommu_groups/{group}")
                (home / "iommu_group").unlink()
                group = f"noiommu-{group}"
            (self.root / "dev/vfio" / group).unlink()
        if driver == "igb":
            self.drivers.pop("enp1s0", None)
            shutil.rmtree(home / "net")
            (self.root / "sys/class/net/enp1s0").unlink()

    def write(self, path: str, text: str) -> bool:
        """The kernel's reaction to a value; False: the file just keeps it."""
        name, pci = path.rpartition("/")[2], text.strip()
        if name in ("drop_caches", "compact_memory") or testing_tuning.write(self, path, text.strip()):
            return True
        if name == "unbind":
            self.unbind(pci)
        elif name == "drivers_probe":
            self.probe(pci)
        elif name == "driver_override":
            self.file(
                os.path.realpath(self.root / path.lstrip("/"))[len(str(self.root)) :], f"{text.strip() or '(null)'}\n"
            )
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
        if override == "vfio-pci" and (self.stubborn or not self.takes_for_vfio(pci)):
            return
        if override != "(null)":
            self.bind(pci, override)
        elif pci == PF:
            self.bind(pci, "igb")

    def takes_for_vfio(self, pci: str) -> bool:
        """vfio needs an IOMMU's group, or leave to go without."""
        parameter = self.root / "sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
        has_group = (self.root / f"sys/devices/pci0000:00/{pci}/iommu_group").exists()
        return has_group or (parameter.exists() and parameter.read_text().strip() == "Y")

    def remove_iommu(self) -> None:
        """The machine as a kernel without IOMMU shows it."""
        shutil.rmtree(self.root / "sys/kernel/iommu_groups")
        (self.root / "sys/kernel/iommu_groups").mkdir()
        for pci in (PF, UPLINK):
            (self.root / f"sys/devices/pci0000:00/{pci}/iommu_group").unlink()

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
        self.trusted = set()
        self.file(f"{home}/sriov_numvfs", f"{count}\n")

    def reboot(self) -> None:
        """What a kernel forgets."""
        shutil.rmtree(self.root / "run/dpdk-fleet", ignore_errors=True)
        self.data_plane.stop(self)
        if self.kubelet:
            self.kubelet.stop(self)
        self.timers.clear()
        self.drivers = {name: Driver() for name in self.drivers}
        for where in list(self.mounts):
            self.unmount(where)
        self.set_functions(0)
        self.file(f"/sys/devices/pci0000:00/{PF}/sriov_drivers_autoprobe", "1\n")
        self.file("/sys/class/net/enp1s0/flags", "0x1002\n")
        for numa in self.room:
            self.file(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
        self.file("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n")
        if self.tuned:
            testing_tuning.boot(self)

    def reboot_without_binding(self, pci: str) -> None:
        """A reboot of a machine whose physical function was given away as a whole."""
        self.unbind(pci)
        self.file(f"/sys/devices/pci0000:00/{pci}/driver_override", "(null)\n")
        self.probe(pci)
        self.reboot()

    def mount(self, where: str, options: str) -> None:
        kept = [
            f"{'mode=' + text.split('=')[1].lstrip('0') if text.startswith('mode=') else text}"
            for text in options.split(",")
            if text not in ("uid=0", "gid=0")
        ]
        self.mounts[where] = ",".join(["rw", "relatime", *kept])
        self.show_mounts()

    def unmount(self, where: str) -> None:
        self.mounts.pop(where, None)
        self.show_mounts()

    def show_mounts(self) -> None:
        lines = ["/dev/vda1 / ext4 rw 0 0\n", *(f"hugetlbfs {w} hugetlbfs {o} 0 0\n" for w, o in self.mounts.items())]
        self.file("/proc/self/mounts", "".join(lines))

    # --- comparing -----------------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, str]:
        """Everything outside the agent's own memory and running state: kind, mode, content."""
        found = {"macs": str(self.macs), "trusted": str(sorted(self.trusted))}
        found.update({"timers": str(self.timers), "mounts": str(self.mounts)})
        found["drivers"] = str({name: driver.shown() for name, driver in self.drivers.items()})
        found["kubelet"] = f"{self.kubelet.active} {self.kubelet.loaded}" if self.kubelet else ""
        found["service"], found["images"] = self.data_plane.active, str(sorted(self.data_plane.images))
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                place = Path(folder) / name
                path = str(place.relative_to(self.root))
                if not path.startswith(("var/lib/dpdk-fleet", "run/dpdk-fleet")):
                    found[path] = _describe(place)
        return found


class KernelNode(Node):
    """A Node whose kernel values go to the machine, and that counts its effects."""

    def __init__(self, root: Path, runner: Runner, machine: Machine | None = None, kill_at: int | None = None):
        super().__init__(root, runner)
        self.machine, self.kill_at, self.effects = machine, kill_at, 0

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

    def ask_driver(self, interface: str, request: bytes) -> bytes:
        assert self.machine is not None
        return self.machine.drivers.get(interface, Driver(words={})).answer(request)

    def ask_http(self, port: int, path: str) -> tuple[int, str]:
        kubelet = self.machine.kubelet if self.machine else None
        if kubelet is None or kubelet.active != "active" or (port, path) != (HEALTHZ_PORT, "/healthz"):
            raise OSError("nobody answers")
        return 200 if kubelet.healthz == "ok" else 500, kubelet.healthz

    def tell_driver(self, interface: str, request: bytes) -> None:
        self._effect()
        super().tell_driver(interface, request)

    def make_folder(self, absolute: str, mode: int = 0o755) -> None:
        self._effect()
        super().make_folder(absolute, mode)

    def link(self, absolute: str, target: str) -> None:
        self._effect()
        super().link(absolute, target)

    def remove(self, absolute: str) -> None:
        self._effect()
        super().remove(absolute)

    def write_stream(self, absolute: str, pieces: Iterable[bytes], mode: int = 0o644) -> None:
        self._effect()
        super().write_stream(absolute, pieces, mode)

    def rename(self, absolute: str, to: str) -> None:
        self._effect()
        super().rename(absolute, to)

    def give(self, absolute: str, uid: int, gid: int, mode: int) -> None:
        self._effect()
        super().give(absolute, uid, gid, mode)


def _describe(place: Path) -> str:
    if place.is_symlink():
        return f"link {os.readlink(place)}"
    mode = stat.S_IMODE(place.stat().st_mode)
    owner = f"{place.stat().st_uid}:{place.stat().st_gid}"
    return f"folder {mode:o} {owner}" if place.is_dir() else f"file {mode:o} {owner} {place.read_text()}"
