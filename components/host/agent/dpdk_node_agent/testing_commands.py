"""The commands of the machine of the tests."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Sequence

from . import testing_build, testing_kubelet, testing_service, testing_tuning
from .node import Completed

if TYPE_CHECKING:
    from .testing_tree import Machine


def answer(machine: Machine, argv: Sequence[str]) -> Completed:
    machine.commands.append(" ".join(argv))
    command, rest = argv[0], list(argv[1:])
    if command == "modprobe":
        return _modprobe(machine, rest)
    if command == "ip":
        return _ip(machine, rest)
    if command == "systemctl":
        return _systemctl(machine, rest)
    if command == "taskset":
        return testing_tuning.taskset(machine, rest)
    if command in testing_service.COMMANDS:
        return testing_service.COMMANDS[command](machine, rest)
    if command in testing_build.COMMANDS:
        return testing_build.COMMANDS[command](machine, rest)
    if command == "systemd-run":
        unit = next(word.partition("=")[2] for word in rest if word.startswith("--unit="))
        machine.timers[unit] = rest
        return Completed(0, "", "")
    if command == "tail":
        return Completed(0, machine.node().read(rest[-1]) or "", "")
    answers = {
        "dmesg": machine.log,
        "grub-probe": "ext2\n" if "--target=fs" in rest else "\n",
        "getent": "",
    }
    return Completed(0, answers[command], "")


def _modprobe(machine: Machine, rest: list[str]) -> Completed:
    name = rest[-1].replace("-", "_")
    brings = ["vfio", "vfio_iommu_type1"] if name == "vfio_pci" else []
    if rest[0] == "--show-depends":
        return Completed(0, "".join(f"insmod /lib/modules/6.1/{each}.ko.xz\n" for each in [*brings, name]), "")
    if name in machine.missing_modules:
        return Completed(1, "", f"modprobe: FATAL: Module {rest[-1]} not found")
    if rest[0] == "-r":
        shutil.rmtree(machine.root / "sys/module" / name)
    else:
        for each in [*brings, name]:
            machine.file(f"/sys/module/{each}/refcnt", "0\n")
        if name == "vfio_pci":
            machine.file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n")
    return Completed(0, "", "")


def _ip(machine: Machine, rest: list[str]) -> Completed:
    if rest[0] == "-j" and "route" in rest:
        return Completed(0, json.dumps(machine.ip_routes.get(rest[1], [])), "")
    if rest[0] == "-j":
        functions = [
            {"vf": index, "address": mac, "trust": index in machine.trusted} for index, mac in machine.macs.items()
        ]
        return Completed(0, json.dumps([{"ifname": rest[-1], "vfinfo_list": functions}]), "")
    name = rest[2]
    if rest[3] == "vf" and rest[5] == "trust":
        (machine.trusted.add if rest[6] == "on" else machine.trusted.discard)(int(rest[4]))
    elif rest[3] == "vf":
        machine.macs[int(rest[4])] = rest[6]
    else:
        machine.file(f"/sys/class/net/{name}/flags", "0x1003\n" if rest[3] == "up" else "0x1002\n")
        machine.file(f"/sys/class/net/{name}/carrier", "1\n" if rest[3] == "up" else "0\n")
    return Completed(0, "", "")


def _systemctl(machine: Machine, rest: list[str]) -> Completed:
    name = rest[-1]
    if rest[0] == "daemon-reload":
        testing_tuning.take_up_affinity(machine)
        testing_kubelet.systemctl(machine, rest)
    if testing_kubelet.SERVICE in rest:
        return testing_kubelet.systemctl(machine, rest)
    if name == "irqbalance.service":
        return testing_tuning.systemctl(machine, rest)
    if rest[0] == "daemon-reload" or testing_service.UNIT in rest:
        return testing_service.systemctl(machine, rest)
    if rest[0] == "is-failed":
        return Completed(1, "", "")  # nothing has
    if rest[0] == "show" and machine.node().exists(f"/etc/systemd/system/{rest[1]}"):
        path = f"/etc/systemd/system/{rest[1]}"
        return Completed(0, f"LoadState=loaded\nFragmentPath={path}\nNeedDaemonReload=no\n", "")
    if rest[0] == "stop" and "*" in name:
        machine.timers.pop(name.partition("*")[0], None)
    elif name.endswith(".mount"):
        unit = dict(line.split("=", 1) for line in _unit(machine, name) if "=" in line)
        if rest[0] in ("stop", "restart"):
            machine.unmount(unit["Where"])
        if rest[0] in ("start", "restart"):
            machine.mount(unit["Where"], unit["Options"])
    return Completed(0, "", "")


def _unit(machine: Machine, name: str) -> list[str]:
    return machine.text(f"/etc/systemd/system/{name}").splitlines()
