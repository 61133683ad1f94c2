"""Interrupts, workqueues, CPU frequency, idle states, irqbalance and systemd's CPUs on the machine of the tests: a
server that nobody has tuned, of four CPUs of which two are isolated."""

from __future__ import annotations

import re
import shutil
import threading
from typing import TYPE_CHECKING

from .errors import AgentError
from .node import Completed
from .ranges import as_list, numbers

if TYPE_CHECKING:
    from .testing_tree import Machine

TUNING = {
    "irqs": "housekeeping",
    "irqbalance": "banned",
    "workqueues": "housekeeping",
    "systemdAffinity": "housekeeping",
    "governor": "performance",
    "idleExitLatency": 10,
    "transparentHugepages": "never",
    "clocksource": "tsc",
}
# By number: who handles it. A timer's and a multi-queue device's cannot be moved.
IRQS = {0: "timer", 9: "", 24: "virtio0-input.0", 25: "nvme0q1", 40: "eth0-rx-0"}
STUCK = (0, 25)
IRQBALANCE_FILE = "/etc/default/irqbalance"
_PROCESS = "512"
_GROUP = "/sys/fs/cgroup/system.slice/irqbalance.service"
_CPUS = "/sys/devices/system/cpu"
# What intel_idle says of a Skylake server (drivers/idle/intel_idle.c, skx_cstates).
_IDLE_STATES = {"C1": 2, "C1E": 10, "C6": 133}


def with_tuning(plan: dict, **changed: object) -> dict:
    return {**plan, "tuning": {**TUNING, **changed}}


def build(machine: Machine) -> None:
    boot(machine)
    machine.file("/usr/sbin/irqbalance", "", 0o755)
    machine.file(IRQBALANCE_FILE, "# the operator's own\nIRQBALANCE_ARGS=--journal\n")
    start_irqbalance(machine)


def boot(machine: Machine) -> None:
    """What every boot begins with."""
    shutil.rmtree(machine.root / "proc/irq", ignore_errors=True)
    machine.file("/proc/irq/default_smp_affinity", "f\n")
    for number, name in IRQS.items():
        machine.file(f"/proc/irq/{number}/smp_affinity_list", "2\n" if number == 24 else "0-3\n")
        if name:
            (machine.root / f"proc/irq/{number}/{name}").mkdir()
    machine.file("/sys/devices/virtual/workqueue/cpumask", "f\n")
    machine.file("/sys/devices/virtual/workqueue/writeback/cpumask", "f\n")
    machine.file("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n")
    clock = "/sys/devices/system/clocksource/clocksource0"
    machine.file(f"{clock}/available_clocksource", "tsc hpet acpi_pm\n")
    machine.file(f"{clock}/current_clocksource", "hpet\n")
    for cpu in (1, 2, 3):
        machine.file(f"{_CPUS}/cpu{cpu}/cpufreq/scaling_governor", "powersave\n")
        machine.file(f"{_CPUS}/cpu{cpu}/cpufreq/scaling_available_governors", "performance powersave\n")
        for index, (name, latency) in enumerate(_IDLE_STATES.items()):
            for file, text in {"name": name, "latency": latency, "disable": 0}.items():
                machine.file(f"{_CPUS}/cpu{cpu}/cpuidle/state{index}/{file}", f"{text}\n")
    machine.file("/proc/1/status", "Name:\tsystemd\nCpus_allowed_list:\t0-3\n")
    take_up_affinity(machine)


def write(machine: Machine, path: str, text: str) -> bool:
    """The kernel's reaction to a value; False: the file just keeps it."""
    parts = path.split("/")
    if path.startswith("/proc/irq/") and parts[3].isdigit():
        if int(parts[3]) in STUCK:
            raise AgentError(f"the kernel refused {text!r}", where=path, value="Input/output error")
        machine.file(path, as_list(numbers(text)) + "\n")
        return True
    if "transparent_hugepage" in parts:
        words = machine.text(path).replace("[", "").replace("]", "").split()
        machine.file(path, " ".join(f"[{word}]" if word == text else word for word in words) + "\n")
        return True
    return False


def take_up_affinity(machine: Machine) -> None:
    """What systemd does at daemon-reload and at boot: CPUs that nobody names any more stay as they are."""
    for place in sorted(machine.root.glob("etc/systemd/system.conf.d/*.conf")):
        found = re.search(r"^CPUAffinity=(.+)$", place.read_text(), re.MULTILINE)
        if found:
            set_affinity(machine, found.group(1))


def set_affinity(machine: Machine, cpus: str) -> None:
    machine.file("/proc/1/status", f"Name:\tsystemd\nCpus_allowed_list:\t{cpus}\n")


def taskset(machine: Machine, rest: list[str]) -> Completed:
    assert rest[:2] == ["--pid", "--cpu-list"] and rest[3:] == ["1"], rest
    set_affinity(machine, rest[2])
    return Completed(0, "", "")


def systemctl(machine: Machine, rest: list[str]) -> Completed:
    if rest[0] in ("stop", "restart"):
        stop_irqbalance(machine)
    if rest[0] == "restart" and machine.slow:
        machine.file(f"/proc/{_PROCESS}/environ", "HOME=/\0")
        machine.file(f"{_GROUP}/cgroup.procs", f"{_PROCESS}\n")
        threading.Timer(0.3, start_irqbalance, [machine]).start()
    elif rest[0] in ("start", "restart"):
        assert not (machine.root / "etc/systemd/system/irqbalance.service").is_symlink(), "masked"
        start_irqbalance(machine)
    return Completed(0, "", "")


def start_irqbalance(machine: Machine) -> None:
    lines = [line for line in machine.text(IRQBALANCE_FILE).splitlines() if line and not line.startswith("#")]
    machine.file(f"/proc/{_PROCESS}/environ", "".join(f"{line}\0" for line in ["PATH=/usr/bin", *lines]))
    machine.file(f"{_GROUP}/cgroup.procs", f"{_PROCESS}\n")


def stop_irqbalance(machine: Machine) -> None:
    shutil.rmtree(machine.root / "proc" / _PROCESS, ignore_errors=True)
    shutil.rmtree(machine.root / _GROUP[1:], ignore_errors=True)
