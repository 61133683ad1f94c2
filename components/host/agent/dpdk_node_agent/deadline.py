"""The deadline of a trial boot: a timer that reboots a trial that nobody has promoted. It needs no network.

The trial's own kernel arguments start it (`systemd.wants=`), so no other boot ever runs it, and without default
dependencies it is there in an emergency shell too, where a missing disk or a failed mount ends a boot."""

from __future__ import annotations

from .cmdline import TRIAL, key
from .node import Node
from .ownedfiles import restore_one, write_owned
from .store import HOME, saved

STAGE = "kernel-arguments-deadline"
PASSED = f"{HOME}/trial-deadline-passed"
_NAME = "dpdk-fleet-trial-deadline"
_UNITS = "/etc/systemd/system"
# A reboot whose stop jobs hang (systemd's default is 90 s each) is forced after this.
_FORCE_SECONDS = 180
# Watchdogs of servers take at least a minute (iTCO 613 s, softdog 65,535 s, sp5100 65,535 s); systemd feeds it twice in
# that time.
_WATCHDOG_SECONDS = 60


def arm(node: Node, seconds: int) -> None:
    """Installs the units for the next trial boot."""
    node.remove(PASSED)
    for name, text in _units(seconds).items():
        if node.read(f"{_UNITS}/{name}") != text:
            write_owned(node, STAGE, f"{_UNITS}/{name}", text)


def boot_arguments(node: Node, panic_seconds: int, mark: str) -> list[str]:
    """The tokens that make a boot a trial: it reboots by itself after a panic, at its deadline, and when systemd
    hangs."""
    found = [f"panic={panic_seconds}", mark, f"systemd.wants={_NAME}.timer"]
    if node.exists("/dev/watchdog"):
        found.append(f"systemd.watchdog_sec={_WATCHDOG_SECONDS}")
    if node.exists("/usr/lib/dracut"):  # dracut's initial ramdisk would stop in a shell where no disk is found
        found.append("rd.emergency=reboot")
    return found


def parted(line: list[str]) -> tuple[list[str], list[str] | None]:
    """What stands before and after the tokens that made a line a trial's; None where it is no trial's. A kernel that is
    installed while a trial runs may inherit all of it, because kernel-install falls back to /proc/cmdline."""
    at = next((place for place, token in enumerate(line) if key(token) == TRIAL), None)
    if at is None:
        return line, None
    first = at - 1 if at and key(line[at - 1]) == "panic" else at
    last = at + 1
    while last < len(line) and _is_ours(line[last]):
        last += 1
    return line[:first], line[last:]


def _is_ours(token: str) -> bool:
    return token in (f"systemd.wants={_NAME}.timer", f"systemd.watchdog_sec={_WATCHDOG_SECONDS}", "rd.emergency=reboot")


def stop(node: Node) -> None:
    """Stops the timer of the trial boot that runs."""
    if node.exists(f"{_UNITS}/{_NAME}.timer"):
        node.run("systemctl", "stop", f"{_NAME}.timer")


def passed(node: Node) -> bool:
    """Whether the last trial boot reached systemd and was ended by its deadline."""
    return node.exists(PASSED)


def remove(node: Node) -> list[str]:
    """Takes the units away."""
    units = saved(node, STAGE)
    if not units:
        return []
    stop(node)
    done = [restore_one(node, STAGE, path, original) for path, original in units.items()]
    node.run("systemctl", "daemon-reload")
    node.remove(PASSED)
    return done


def _units(seconds: int) -> dict[str, str]:
    head = (
        "# Written by dpdk-node-agent for a trial boot; it takes it away again.\n"
        "[Unit]\nDescription=Deadline of the dpdk-fleet trial boot\nDefaultDependencies=no\n"
        "ConditionKernelCommandLine=dpdk_fleet.trial\n"
    )
    service = (
        f"{head}\n[Service]\nType=oneshot\nTimeoutStartSec=infinity\n"
        f"ExecStart=-/bin/touch {PASSED}\n"
        "ExecStart=-/bin/sync\n"
        "ExecStart=-/bin/systemctl --no-block reboot\n"
        f"ExecStart=-/bin/sleep {_FORCE_SECONDS}\n"
        "ExecStart=/bin/systemctl --force --force reboot\n"
    )
    timer = f"{head}\n[Timer]\nOnBootSec={seconds}\nAccuracySec=1s\n"
    return {f"{_NAME}.service": service, f"{_NAME}.timer": timer}
