"""What a kubelet keeps of its managers, what it was started with, and what systemd and it itself say of it.

`kubelet-ready` runs before every start of it and notes, under systemd's own name of the start (its InvocationID), the file and the
hugepages that it begins with: both are read once, when a kubelet starts."""

from __future__ import annotations

import json
from typing import NamedTuple

from . import runstate, units
from .facts.memory import hugepages
from .kubeletplan import CPU_STATE, MEMORY_STATE, folder, policies
from .node import Node
from .servicestate import sha256

STAGE = "kubelet"
# The part of the plan that is on the node; the last one with which the kubelet was seen to run, as the way back.
APPLIED, GOOD = "kubelet.json", "kubelet-good.json"
STARTED = "kubelet-started.json"
# Of which boot the managers' state is, beside it.
BOOT_FILE = "dpdk-fleet-boot-id"
# The kubelet's own defaults, healthzBindAddress and healthzPort.
HEALTHZ_PORT = 10248

_PROPERTIES = ("LoadState", "ActiveState", "SubState", "InvocationID", "MainPID", "NRestarts", "NeedDaemonReload", "DropInPaths", "Job")
# They go before what any file says (cmd/kubelet/app/server.go, kubeletConfigFlagPrecedence).
_FLAGS = (
    "cpu-manager-policy",
    "eviction-hard",
    "kube-reserved",
    "memory-manager-policy",
    "reserved-cpus",
    "reserved-memory",
    "system-reserved",
    "topology-manager-policy",
)


def drop_in_path(service: str) -> str:
    return f"{units.FOLDER}/{service}.d/10-dpdk-fleet.conf"


class Shown(NamedTuple):
    exists: bool
    active: str
    sub: str
    invocation: str
    pid: int
    restarts: int
    needs_reload: bool
    drop_ins: tuple[str, ...]
    has_job: bool

    @property
    def is_up(self) -> bool:
        """Whether it runs, or is on its way there."""
        return self.active in ("active", "activating", "reloading", "deactivating")

    def line(self) -> str:
        return f"{self.active} ({self.sub})" if self.sub else self.active


def show(node: Node, service: str) -> Shown:
    answer = node.ask("systemctl", "show", service, f"--property={','.join(_PROPERTIES)}")
    found = dict(line.split("=", 1) for line in answer.out.splitlines() if "=" in line)

    def number(name: str) -> int:
        text = found.get(name, "")
        return int(text) if text.isdigit() else 0

    return Shown(
        found.get("LoadState", "not-found") != "not-found",
        found.get("ActiveState", "unknown"),
        found.get("SubState", ""),
        found.get("InvocationID", ""),
        number("MainPID"),
        number("NRestarts"),
        found.get("NeedDaemonReload") == "yes",
        tuple(found.get("DropInPaths", "").split()),
        # A number of zero, or an empty one: nobody has asked systemd to start or stop it.
        number("Job") != 0,
    )


def is_healthy(node: Node) -> bool:
    try:
        return node.ask_http(HEALTHZ_PORT, "/healthz") == (200, "ok")
    except OSError:
        return False


def flag_mistakes(node: Node, pid: int, part: dict) -> list[str]:
    """Why the kubelet that runs would not go by the file, a text each with what to do."""
    flags = _flags(node, pid)
    named = flags.get("config-dir")
    found = []
    if named is None or named.rstrip("/") != folder(part):
        runs = "without --config-dir" if named is None else f"with --config-dir={named}"
        found.append(
            f"it runs {runs} (add --config-dir={folder(part)} to KUBELET_EXTRA_ARGS in /etc/default/kubelet (Debian) or "
            "/etc/sysconfig/kubelet (RHEL), or to its unit; make the folder, and start it anew)"
        )
    if flags.get("root-dir", part["stateFolder"]).rstrip("/") != part["stateFolder"]:
        found.append(f"it keeps its state in {flags['root-dir']} (take --root-dir out: {part['stateFolder']} is its default)")
    against = [f"--{name}" for name in _FLAGS if name in flags]
    if against:
        found.append(f"it runs with {', '.join(against)}, which goes before its files (take that out)")
    return found


def whole_cpus(node: Node, part: dict) -> list[str]:
    """The pods that have CPUs of their own now, by their UIDs."""
    kept = _manager_state(node, part, CPU_STATE)
    return sorted({*(kept.get("entries") or {}), *(kept.get("podEntries") or {})})


def unlike_policies(node: Node, part: dict) -> list[str]:
    """Why the managers do not go by the file, a text each."""
    asked = policies(part)
    return [f"{part['stateFolder']}/{name} is not of the policy {asked[name]}" for name in unlike(node, part)]


def unlike(node: Node, part: dict) -> list[str]:
    """Managers that do not go by the asked policy. A kubelet answers healthz before its managers have started, and ends when one of
    them cannot; the memory manager notes its machine once it has (memorymanager, policy_static.go)."""
    found = []
    for name, policy in policies(part).items():
        kept = _manager_state(node, part, name)
        if kept.get("policyName") != policy or (name == MEMORY_STATE and not kept.get("machineState")):
            found.append(name)
    return found


def remove_states(node: Node, state_folder: str, names: tuple[str, ...] = (CPU_STATE, MEMORY_STATE)) -> None:
    for name in names:
        if node.exists(f"{state_folder}/{name}"):
            node.remove(f"{state_folder}/{name}")


def pools(node: Node) -> dict[str, int | None]:
    """Every pool of hugepages that the kernel has, as a kubelet reads them."""
    return {f"{pool['numaNode']}/{pool['size']}": pool["pages"] for pool in hugepages(node)}


def started(node: Node) -> dict | None:
    """What the last start began with."""
    return runstate.read(node, STARTED)


def fingerprint(node: Node, part: dict) -> str | None:
    return sha256(node.read(part["file"]))


def _manager_state(node: Node, part: dict, name: str) -> dict:
    try:
        found = json.loads(node.read(f"{part['stateFolder']}/{name}") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _flags(node: Node, pid: int) -> dict[str, str]:
    """The flags of the process, by their names: `--name=value` and `--name value`; the last one counts."""
    words = (node.read(f"/proc/{pid}/cmdline") or "").split("\0")
    found = {}
    for place, word in enumerate(words):
        if word.startswith("--"):
            name, has_value, text = word[2:].partition("=")
            found[name.replace("_", "-")] = text if has_value else "".join(words[place + 1 : place + 2])
    return found
