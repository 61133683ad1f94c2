"""What a plan may ask of the data plane's unit beside the bare minimum: capabilities for NICs that are not behind
vfio-pci with an IOMMU, a log file, a limit of lines, a profile, core dumps. Pure; absent where it is not asked for."""

from __future__ import annotations

import re

from .errors import Refused

# What each way to a NIC takes (DPDK 22.11: linux_gsg/enable_func, platform/mlx5; drivers/vfio/vfio.c for sys_rawio).
# vfio with an IOMMU takes none: hugetlbfs and /dev/vfio/N are opened by group, and locked memory is a limit.
CAPABILITIES = {
    "vfio": (),
    "bifurcated": ("NET_RAW", "NET_ADMIN"),
    # rte_flow in group 1 and above goes around the kernel.
    "bifurcated-flow": ("NET_RAW", "NET_ADMIN", "SYS_RAWIO"),
    "vfio-noiommu": ("SYS_RAWIO", "DAC_READ_SEARCH", "IPC_LOCK", "SYS_ADMIN"),
}
# The PMD of a bifurcated card asks the kernel driver through sockets of the node's own network.
_SHARES_NETWORK = ("bifurcated", "bifurcated-flow")

# In a file the marks that the journal reads as levels would only be in the way (native-image/src/main/log.c).
_PLAIN = "PANTHEON_LOG_PLAIN=1"
_LOG_FILE = r"^/var/log/[A-Za-z0-9][A-Za-z0-9._-]*$"
# A core has the program's own memory without hugepages: packets and keys of others are not written to a disk, and
# several GiB neither (core(5), /proc/PID/coredump_filter; the kernel's default has private hugepages in it).
_CORE_HAS = "private-anonymous shared-anonymous elf-headers"


def refuse_unsafe(service: dict) -> None:
    """Refuses what would mean something else in a unit."""
    mode = service.get("nicMode") or "vfio"
    if mode not in CAPABILITIES:
        raise _wrong("nicMode", mode, f"write one of {', '.join(CAPABILITIES)}")
    log = service.get("log") or {}
    if log.get("file") and not re.fullmatch(_LOG_FILE, log["file"]):
        raise _wrong("log.file", log["file"], "write a file directly under /var/log")
    profile = service.get("profile")
    if profile and not re.fullmatch(_LOG_FILE, profile):
        raise _wrong("profile", profile, "write a file directly under /var/log")
    if profile and profile == log.get("file"):
        raise _wrong("profile", profile, "write another file than that of the log")
    for name, number in (log.get("rate") or {}).items():
        if number < 1:
            raise _wrong(f"log.rate.{name}", number, "write 1 or more")
    if service.get("coreMiB") is not None and service["coreMiB"] < 1:
        raise _wrong("coreMiB", service["coreMiB"], "write 1 or more, or leave it out")


def capabilities(service: dict) -> tuple[str, ...]:
    return CAPABILITIES[service.get("nicMode") or "vfio"]


def shares_network(service: dict) -> bool:
    return service.get("nicMode") in _SHARES_NETWORK


def lines(service: dict) -> list[str]:
    """Of the unit, whatever the runtime."""
    log = service.get("log") or {}
    rate, found = log.get("rate"), []
    if rate:
        found += [f"LogRateLimitIntervalSec={rate['seconds']}", f"LogRateLimitBurst={rate['lines']}"]
    if log.get("file"):
        # Opened by systemd before it becomes the service's user. The journal keeps what systemd says of the unit.
        found += [f"StandardOutput=append:{log['file']}", f"StandardError=append:{log['file']}", f"Environment={_PLAIN}"]
    if service.get("coreMiB"):
        found += [f"LimitCORE={service['coreMiB']}M", f"CoredumpFilter={_CORE_HAS}"]
    return found


def profile(service: dict) -> list[str]:
    """The one file in /var/log that the program itself may write into (`serviceready` makes it): which the sandbox of a
    unit lets through, and a container has in the same place."""
    return [service["profile"]] if service.get("profile") else []


def podman_options(service: dict) -> list[str]:
    """A line each, of `podman run`."""
    found = [f"--cap-add={','.join(capabilities(service))}"] if capabilities(service) else []
    if service.get("coreMiB"):
        size = service["coreMiB"] * 1024 * 1024
        found.append(f"--ulimit=core={size}:{size}")
    if (service.get("log") or {}).get("file"):
        found.append(f"--env={_PLAIN}")
    return found


def _wrong(name: str, value: object, remedy: str) -> Refused:
    return Refused(
        "the plan has a value that cannot be", where=f"plan.service.{name}", value=repr(value), remedy=remedy
    )
