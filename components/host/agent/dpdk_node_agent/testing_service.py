"""Accounts, udev, podman, the data plane's program and its unit on the machine of the tests."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .configcheck import STAGED
from .errors import AgentError
from .imagestore import PODMAN_LOCK
from .node import Completed
from .serviceready import service_ready
from .serviceunit import RUNTIME, UNIT

if TYPE_CHECKING:
    from .testing_tree import Machine

PODMAN_IMAGE = f"registry.test:5000/pantheonchain/node@sha256:{'a' * 64}"
_UNIT_FILE = f"/etc/systemd/system/{UNIT}"
# Words in a configuration by which the program of the tests knows what to do.
REFUSED, NEVER_STARTS = "refuse me", "never start"
# As systemd writes a time.
STARTED_AT = "Thu 2026-11-26 21:03:11 UTC"
# By which it knows what it can take while it runs, and what not.
HOT, COLD = "take me while running", "start me anew"


@dataclass
class DataPlane:
    """What podman has, and what runs."""

    images: set[str] = field(default_factory=set)
    registry: set[str] = field(default_factory=lambda: {PODMAN_IMAGE})
    loaded: str = ""  # the unit's text as systemd has read it
    active: str = "inactive"
    invocation: str = ""
    exit_code: int = 0
    runs: str = ""  # the configuration and unit that it was started with
    starts: int = 0
    told: int = 0  # how often by SIGHUP
    telemetry: dict = field(default_factory=dict)  # the answers of a test's FakeTelemetry, where there is one

    def read_again(self, machine: Machine) -> None:
        self.told += 1
        config = machine.text("/etc/pantheonchain/config.toml")
        counts = self.telemetry.get("/pantheon/node", {})
        for word, name in ((HOT, "reloads"), (COLD, "refused_reloads")):
            if word in config and name in counts:
                counts[name] += 1

    def start(self, machine: Machine) -> Completed:
        if self.active == "active":
            return Completed(0, "", "")
        self.invocation, self.starts = uuid.uuid4().hex, self.starts + 1
        try:
            (machine.root / RUNTIME[1:]).mkdir(parents=True, exist_ok=True)
            service_ready(machine.node(), self.invocation)
            self.exit_code = _program(machine.text("/etc/pantheonchain/config.toml"))
        except AgentError as refused:
            machine.file("/journal", refused.line())
            self.exit_code = 1
        self.active = "failed" if self.exit_code else "active"
        self.runs = self.loaded + machine.text("/etc/pantheonchain/config.toml")
        if self.exit_code:
            shutil.rmtree(machine.root / RUNTIME[1:])
            return Completed(1, "", f"Job for {UNIT} failed because the control process exited with error code.")
        return Completed(0, "", "")

    def stop(self, machine: Machine) -> None:
        self.active = "inactive"
        shutil.rmtree(machine.root / RUNTIME[1:], ignore_errors=True)
        for pid in ("77",):
            shutil.rmtree(machine.root / "proc" / pid, ignore_errors=True)


def systemctl(machine: Machine, rest: list[str]) -> Completed:
    plane = machine.data_plane
    if rest[0] == "daemon-reload":
        file = machine.root / _UNIT_FILE[1:]
        plane.loaded = file.read_text() if file.exists() else ""
    elif rest[0] == "show":
        on_disk = machine.node().read(_UNIT_FILE) or ""
        shown = {
            "ActiveState": plane.active,
            "SubState": "running" if plane.active == "active" else "dead",
            "InvocationID": plane.invocation,
            "NeedDaemonReload": "no" if plane.loaded == on_disk else "yes",
            "Result": "exit-code" if plane.active == "failed" else "success",
            "ExecMainStatus": str(plane.exit_code),
            "NRestarts": "0",
            "ActiveEnterTimestamp": STARTED_AT if plane.active == "active" else "",
        }
        return Completed(0, "".join(f"{name}={text}\n" for name, text in shown.items()), "")
    elif rest[0] == "start":
        assert plane.loaded, "systemd has not read the unit"
        return plane.start(machine)
    elif rest[0] == "stop":
        plane.stop(machine)
    elif rest[0] == "kill":
        assert rest[1:] == ["--signal=HUP", "--kill-who=main", UNIT], rest
        plane.read_again(machine)
    elif rest[0] == "reset-failed":
        plane.active = "inactive"
    return Completed(0, "", "")


def apply_rules(machine: Machine) -> None:
    """What udev does with the functions' device nodes."""
    file = machine.root / "etc/udev/rules.d/60-dpdk-fleet-vfio.rules"
    rule = re.search(r'GROUP="(\w+)", MODE="(\d+)"', file.read_text() if file.exists() else "")
    for place in (machine.root / "dev/vfio").iterdir():
        if rule and place.name.isdigit():
            os.chown(place, 0, int(_rows(machine, "group")[rule[1]][2]))
            place.chmod(int(rule[2], 8))


def _program(config: str) -> int:
    if REFUSED in config:
        return 78
    return 1 if NEVER_STARTS in config else 0


def _check(folder: Path, words: list[str]) -> Completed:
    assert words[-1] == "--check-config", words
    code = _program((folder / "config.toml").read_text())
    if code == 78:
        return Completed(78, "", f"{STAGED}/config.toml:1: key: found {REFUSED}; write another\n")
    return Completed(0, "configuration accepted\n", "")


def _podman(machine: Machine, rest: list[str]) -> Completed:
    plane, storage = machine.data_plane, machine.root / "var/lib/containers/storage"
    storage.mkdir(parents=True, exist_ok=True)
    if not machine.node().exists(PODMAN_LOCK):
        machine.file(PODMAN_LOCK, "")
    if rest[:2] == ["image", "exists"]:
        return Completed(0 if rest[2] in plane.images else 1, "", "")
    if rest[0] == "pull":
        if rest[-1] not in plane.registry:
            return Completed(125, "", "Error: initializing source: connection refused")
        (storage / "overlay").mkdir(parents=True, exist_ok=True)
        plane.images.add(rest[-1])
    elif rest[0] == "rmi":
        plane.images.remove(rest[-1])
    elif rest[0] == "run":
        assert "--pull=never" in rest and any(word in plane.images for word in rest), rest
        staged = next(word for word in rest if word.startswith("--volume=")).partition("=")[2].partition(":")[0]
        return _check(machine.root / staged[1:], rest)
    elif rest[0] == "images":
        return Completed(0, "".join(f"{name}\n" for name in plane.images), "")
    elif rest[:2] == ["system", "reset"]:
        shutil.rmtree(storage, ignore_errors=True)
    return Completed(0, "", "")


def _setpriv(machine: Machine, rest: list[str]) -> Completed:
    program = next(word for word in rest if word.startswith("/"))
    assert os.access(machine.root / program[1:], os.X_OK), program
    return _check((machine.root / rest[rest.index("--config") + 1][1:]).parent, rest)


def _udevadm(machine: Machine, rest: list[str]) -> Completed:
    if rest[0] == "trigger":
        apply_rules(machine)
    return Completed(0, "", "")


def _journalctl(machine: Machine, rest: list[str]) -> Completed:
    if machine.kubelet and "kubelet.service" in rest:
        return Completed(0, f"Started kubelet.service\n{machine.kubelet.said}\n", "")
    return Completed(0, f"Starting {UNIT}\nEAL: cannot start\n{machine.node().read('/journal') or ''}\n", "")


# --- accounts ---------------------------------------------------------------------------------------------------------


def _rows(machine: Machine, database: str) -> dict[str, list[str]]:
    lines = (line.split(":") for line in machine.text(f"/etc/{database}").splitlines())
    return {fields[0]: fields for fields in lines}


def _keep(machine: Machine, database: str, rows: dict[str, list[str]]) -> None:
    """As useradd and its kin do: the list as it was before stays beside it."""
    machine.file(f"/etc/{database}-", machine.text(f"/etc/{database}") + "\n")
    machine.file(f"/etc/{database}", "".join(":".join(fields) + "\n" for fields in rows.values()))


def _next(rows: dict[str, list[str]]) -> str:
    return str(max(int(fields[2]) for fields in rows.values() if int(fields[2]) < 60000) + 1)


def _groupadd(machine: Machine, rest: list[str]) -> Completed:
    groups = _rows(machine, "group")
    _keep(machine, "group", {**groups, rest[-1]: [rest[-1], "x", _next(groups), ""]})
    return Completed(0, "", "")


def _groupdel(machine: Machine, rest: list[str]) -> Completed:
    groups = _rows(machine, "group")
    gid = groups.pop(rest[-1])[2]
    if any(fields[3] == gid for fields in _rows(machine, "passwd").values()):
        return Completed(8, "", "groupdel: cannot remove the primary group of a user")
    _keep(machine, "group", groups)
    return Completed(0, "", "")


def _useradd(machine: Machine, rest: list[str]) -> Completed:
    users, groups, name = _rows(machine, "passwd"), _rows(machine, "group"), rest[-1]
    gid = groups[rest[rest.index("--gid") + 1]][2]
    home, shell = rest[rest.index("--home-dir") + 1], rest[rest.index("--shell") + 1]
    _keep(machine, "passwd", {**users, name: [name, "x", _next(users), gid, "", home, shell]})
    return _join(machine, name, rest)


def _usermod(machine: Machine, rest: list[str]) -> Completed:
    users = _rows(machine, "passwd")
    if "--gid" in rest:
        users[rest[-1]][3] = rest[rest.index("--gid") + 1]
        _keep(machine, "passwd", users)
    return _join(machine, rest[-1], rest)


def _join(machine: Machine, name: str, rest: list[str]) -> Completed:
    groups = _rows(machine, "group")
    for group in rest[rest.index("--groups") + 1].split(",") if "--groups" in rest else []:
        groups[group][3] = ",".join(filter(None, [*groups[group][3].split(","), name]))
    _keep(machine, "group", groups)
    return Completed(0, "", "")


def _userdel(machine: Machine, rest: list[str]) -> Completed:
    users, groups, name = _rows(machine, "passwd"), _rows(machine, "group"), rest[-1]
    if machine.data_plane.active == "active":
        return Completed(8, "", f"userdel: user {name} is currently used by process 77")
    gid = users.pop(name)[3]
    for fields in groups.values():
        fields[3] = ",".join(member for member in fields[3].split(",") if member != name)
    if name in groups and groups[name][2] == gid:  # USERGROUPS_ENAB
        groups.pop(name)
    _keep(machine, "passwd", users)
    _keep(machine, "group", groups)
    return Completed(0, "", "")


COMMANDS = {
    "podman": _podman,
    "setpriv": _setpriv,
    "udevadm": _udevadm,
    "journalctl": _journalctl,
    "groupadd": _groupadd,
    "groupdel": _groupdel,
    "useradd": _useradd,
    "usermod": _usermod,
    "userdel": _userdel,
}


def with_service(plan: dict, runtime: str, reference: str = PODMAN_IMAGE) -> dict:
    """A plan, made one with a data plane."""
    folder = "/etc/pantheonchain"
    files = [
        {"path": f"{folder}/{name}", "mode": "0640", "owner": "root", "group": "pantheon", "content": text}
        for name, text in (
            ("config.toml", 'dpdk_config = "/etc/pantheonchain/dpdk.conf"\n'),
            ("dpdk.conf", "[global]\n"),
        )
    ]
    mount = {"path": "/mnt/huge", "size": "2M", "mode": "0770", "owner": "root", "group": "hugepages"}
    return {
        **plan,
        "files": files,
        "hugepageMounts": [mount],
        "accounts": {
            "groups": ["hugepages"],
            "users": [{"name": "pantheon", "group": "pantheon", "groups": ["hugepages"]}],
        },
        "vfioGroup": "pantheon",
        "image": {"reference": reference, "plainHttp": True},
        "service": {
            "runtime": runtime,
            "user": "pantheon",
            "group": "pantheon",
            "configToml": f"{folder}/config.toml",
            "dpdkConf": f"{folder}/dpdk.conf",
            "dataFolder": "/var/lib/pantheonchain",
            "lcores": "2-3",
            "housekeeping": "0-1",
            "hugepageMount": "/mnt/huge",
            "functions": ["0000:02:10.0"],
            "startSeconds": 2,
        },
    }


def ready_for_service(machine: Machine) -> None:
    """What packages and the kernel bring along."""
    machine.file("/usr/bin/podman", "", 0o755)
    for numa in range(2):
        machine.file(f"/sys/devices/system/node/node{numa}/hugepages/hugepages-2048kB/free_hugepages", "128\n")
    for folder in ("run", "opt"):
        (machine.root / folder).mkdir(exist_ok=True)
