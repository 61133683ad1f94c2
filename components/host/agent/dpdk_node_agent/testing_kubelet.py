"""A kubelet on the machine of the tests: it reads what is in its folder and the hugepages when it starts, keeps what its managers know, and
ends where that is of another policy or of another machine."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .kubeletready import kubelet_ready
from .kubeletstate import pools
from .node import Completed

if TYPE_CHECKING:
    from .testing_tree import Machine

SERVICE = "kubelet.service"
FOLDER, FILE = "/etc/kubernetes/kubelet.conf.d", "/etc/kubernetes/kubelet.conf.d/60-dpdk-fleet.conf"
STATE = "/var/lib/kubelet"
CPU_STATE, MEMORY_STATE = f"{STATE}/cpu_manager_state", f"{STATE}/memory_manager_state"
DROP_IN = f"/etc/systemd/system/{SERVICE}.d/10-dpdk-fleet.conf"
_PID = "4711"


@dataclass
class Kubelet:
    words: list[str] = field(default_factory=lambda: ["/usr/bin/kubelet", "--v=2", f"--config-dir={FOLDER}"])
    active: str = "inactive"
    loaded: str = ""  # the drop-in as systemd has read it
    invocation: str = ""
    starts: int = 0
    restarts: int = 0
    said: str = ""
    has_job: bool = False
    # It answers although its managers are not there yet, and never will be.
    only_answers: bool = False
    healthz: str = "ok"
    mem_total: int = 3_072_000

    def start(self, machine: Machine) -> None:
        if self.active == "active":
            return
        self.invocation, self.starts, self.restarts = uuid.uuid4().hex, self.starts + 1, 0
        if "kubelet-ready" in self.loaded:
            kubelet_ready(machine.node(), self.invocation)
        config = self.config(machine)
        self.said = self.why_not(machine, config) or ""
        if self.said:
            self.active, self.restarts = "activating", 2
            return
        self.active = "active"
        machine.file(f"/proc/{_PID}/cmdline", "".join(f"{word}\0" for word in self.words))
        if not self.only_answers:
            self.keep(machine, CPU_STATE, {"policyName": config.get("cpuManagerPolicy", "none")}, {"defaultCpuSet": "0-3"})
            policy = config.get("memoryManagerPolicy", "None")
            seen = self.seen(machine) if policy == "Static" else {}  # the other one looks at no machine
            self.keep(machine, MEMORY_STATE, {"policyName": policy}, {"machineState": seen})

    def stop(self, machine: Machine) -> None:
        self.active = "inactive"
        shutil.rmtree(machine.root / "proc" / _PID, ignore_errors=True)

    def config(self, machine: Machine) -> dict:
        """Its files in their order, the later one over the earlier."""
        found: dict = {}
        for place in sorted((machine.root / FOLDER[1:]).glob("*.conf")):
            found.update(json.loads(place.read_text()))
        return found

    def why_not(self, machine: Machine, config: dict) -> str | None:
        if config.get("neverStarts"):
            return "failed to run Kubelet: unknown topology manager policy"
        kept = self.kept(machine, CPU_STATE)
        if kept and kept["policyName"] != config.get("cpuManagerPolicy", "none"):
            return f'configured policy "static" differs from state checkpoint policy "{kept["policyName"]}"'
        kept = self.kept(machine, MEMORY_STATE)
        if kept and kept["policyName"] != config.get("memoryManagerPolicy", "None"):
            return "the memory manager's policy differs"
        if kept and kept["policyName"] == "Static" and kept["machineState"] != self.seen(machine):
            return "the expected machine state is different from the real one"
        return None

    def seen(self, machine: Machine) -> dict:
        return {"MemTotal": self.mem_total, **pools(machine.node())}

    @staticmethod
    def kept(machine: Machine, path: str) -> dict | None:
        place = machine.root / path[1:]
        return json.loads(place.read_text()) if place.exists() else None

    def keep(self, machine: Machine, path: str, policy: dict, rest: dict) -> None:
        if self.kept(machine, path) is None:
            machine.file(path, json.dumps({**policy, **rest}), 0o600)

    def give_whole_cpus(self, machine: Machine, pod: str) -> None:
        found = {**(self.kept(machine, CPU_STATE) or {}), "entries": {pod: {"node": "2"}}}
        machine.file(CPU_STATE, json.dumps(found), 0o600)


def systemctl(machine: Machine, rest: list[str]) -> Completed:
    kubelet = machine.kubelet
    if rest[0] == "daemon-reload" and kubelet:
        kubelet.loaded = machine.node().read(DROP_IN) or ""
    elif rest[0] == "show":
        return Completed(0, _shown(machine, kubelet), "")
    elif kubelet and rest[0] == "start":
        kubelet.start(machine)
    elif kubelet and rest[0] == "stop":
        kubelet.stop(machine)
    return Completed(0, "", "")


def _shown(machine: Machine, kubelet: Kubelet | None) -> str:
    if kubelet is None:
        return "LoadState=not-found\nActiveState=inactive\nSubState=dead\n"
    subs = {"active": "running", "activating": "auto-restart"}
    shown = {
        "LoadState": "loaded",
        "ActiveState": kubelet.active,
        "SubState": subs.get(kubelet.active, "dead"),
        "InvocationID": kubelet.invocation,
        "MainPID": _PID if kubelet.active == "active" else "0",
        "NRestarts": str(kubelet.restarts),
        # A drop-in in a folder that it has not seen yet is news to systemd: it does not say that it needs to read it.
        "NeedDaemonReload": "no" if kubelet.loaded in ("", machine.node().read(DROP_IN) or "") else "yes",
        "DropInPaths": DROP_IN if kubelet.loaded else "",
        **({"Job": "17"} if kubelet.has_job else {}),
    }
    return "".join(f"{name}={text}\n" for name, text in shown.items())


def with_kubelet(plan: dict, **changed: object) -> dict:
    """A plan, made one of a worker."""
    content = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cpuManagerPolicy": "static",
        "reservedSystemCPUs": "0-1",
        "memoryManagerPolicy": "Static",
        **changed,
    }
    part = {"service": SERVICE, "file": FILE, "content": f"{json.dumps(content, indent=2)}\n", "stateFolder": STATE}
    return {**plan, "kubelet": part}


def ready_for_kubelet(machine: Machine) -> None:
    """A worker of a cluster, whose kubelet runs as it came."""
    for folder in (FOLDER, STATE, "/run"):
        (machine.root / folder[1:]).mkdir(parents=True, exist_ok=True)
    machine.kubelet = Kubelet()
    machine.kubelet.start(machine)
