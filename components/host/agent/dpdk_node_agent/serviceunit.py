"""The text of pantheonchain-dpdk.service. Pure. "active" means that the port runs: the program says READY=1 itself.

The seed's unit made right: it waits for hugepages, mount and binding; its CPUs are fenced by a cpuset, because a
cgroup resets affinities before Linux 6.2 (systemd #23748); its memory is lockable; it has no capability at all, which
is enough for vfio behind an IOMMU (DPDK guide, "Running DPDK Applications Without Root Privileges")."""

from __future__ import annotations

from typing import NamedTuple

from . import serviceextras
from .serviceplan import PODMAN, PODMAN_PROGRAM, folder
from .undotimer import AGENT

UNIT = "pantheonchain-dpdk.service"
TARGET = "multi-user.target"
# Below /run, where DPDK makes its sockets (RUNTIME_DIRECTORY, lib/eal/linux/eal_filesystem).
RUNTIME = "/run/pantheonchain"
ENVIRONMENT = "/run/dpdk-fleet/service.env"

# The port is closed and the hugepages are given back within 1 s; a guest under emulation takes ten times that.
_STOP_SECONDS = 60
_RESTART_SECONDS = 5
# A program that starts and dies is tried so often; then a person has to look.
_RESTARTS = 5
# Wrong usage, a refused configuration, a port that was taken away: trying again changes none of these.
_FINAL = "2 69 78"
# DPDK keeps a descriptor per hugepage open; 1,048,576 is the seed's number and the kernel's own bound (fs.nr_open).
_FILES = 1048576
_TASKS = 512  # the seed's number


class Ids(NamedTuple):
    """Numbers of the service's user, group and other groups: a container knows no names of the node's."""

    user: int
    group: int
    others: list[int]


def text(service: dict, reference: str, program: str, ids: Ids, needs: list[str], waits: list[str]) -> str:
    """`needs` are the units of its hugepages. `waits` put back what else a boot has lost, tuning too: one that failed
    in part must not keep the data plane off, and what it cannot do without `service-ready` looks for itself."""
    lines = (
        podman_lines(service, reference, ids) if service["runtime"] == PODMAN else native_lines(service, program, ids)
    )
    return "\n".join(
        ["# Written by dpdk-node-agent.", *_unit(service, needs, waits), "", *_common(service), *lines, *_install(), ""]
    )


def start_seconds(service: dict) -> int:
    """How long systemd may take from `start` to an answer: `service-ready` and the start have startSeconds each, and one
    that does not start is stopped and cleaned up after."""
    return service["startSeconds"] * 2 + _STOP_SECONDS * 2


def _unit(service: dict, needs: list[str], waits: list[str]) -> list[str]:
    units = {"Requires": needs, "Wants": waits, "After": [*needs, *waits]}
    # Long enough to hold every restart, also of starts that run into their time limit.
    interval = _RESTARTS * (service["startSeconds"] + _STOP_SECONDS + _RESTART_SECONDS)
    return [
        "[Unit]",
        "Description=PantheonChain data plane on DPDK",
        *(f"{key}={' '.join(names)}" for key, names in units.items() if names),
        f"RequiresMountsFor={service['hugepageMount']}",
        f"StartLimitIntervalSec={interval}",
        f"StartLimitBurst={_RESTARTS}",
    ]


def _common(service: dict) -> list[str]:
    return [
        "[Service]",
        "Type=notify",
        f"ExecStartPre=+{AGENT} service-ready",
        f"EnvironmentFile=-{ENVIRONMENT}",
        f"TimeoutStartSec={service['startSeconds']}",
        f"TimeoutStopSec={_STOP_SECONDS}",
        "Restart=on-failure",
        f"RestartSec={_RESTART_SECONDS}",
        f"RestartPreventExitStatus={_FINAL}",
        # The program ends by itself; what is left after it, or after its time, is killed.
        "KillMode=mixed",
        f"RuntimeDirectory={RUNTIME.rpartition('/')[2]}",
        f"AllowedCPUs={service['housekeeping']},{service['lcores']}",
        # EAL pins its lcores itself; all other threads start here. Threads that start on isolated CPUs stay on one.
        f"CPUAffinity={service['housekeeping']}",
        "LimitMEMLOCK=infinity",
        f"LimitNOFILE={_FILES}",
        f"TasksMax={_TASKS}",
        *serviceextras.lines(service),
    ]


def _arguments(service: dict) -> list[str]:
    return [f"--config {service['configToml']}", f"--datadir {service['dataFolder']}", "--dpdk-enabled"]


def podman_lines(service: dict, reference: str, ids: Ids) -> list[str]:
    """podman stays in the foreground as the main process: its exit code is the program's, SIGTERM reaches the program,
    and it ends when the container is removed (tried with podman 4.3.1, conmon 2.1.6, crun 1.8.1). So the program gets
    systemd's own socket: --sdnotify=container would make conmon the main process, and the removal would be killed.
    The image's health check is left out: systemd has READY=1 and the exit code, and podman would start a process in the
    container every 30 s, on a node that gave its CPUs to polling."""
    name = UNIT.rpartition(".")[0]
    network, devices = "none", "/dev/vfio/vfio $VFIO_DEVICES"
    if serviceextras.shares_network(service):
        network, devices = "host", "/dev/infiniband"
    options = [
        f"--rm --replace --name={name} --pull=never --cgroups=split --log-driver=passthrough",
        "--sdnotify=ignore --env=NOTIFY_SOCKET=/run/systemd/notify --volume=/run/systemd/notify:/run/systemd/notify",
        "--no-healthcheck",
        f"--network={network} --read-only --cap-drop=all --security-opt=no-new-privileges",
        *serviceextras.podman_options(service),
        f"--ulimit=memlock=-1:-1 --ulimit=nofile={_FILES}:{_FILES}",
        " ".join([f"--user={ids.user}:{ids.group}", *(f"--group-add={each}" for each in ids.others)]),
        f"--device={devices}",
        f"--env=RUNTIME_DIRECTORY={RUNTIME} --volume={RUNTIME}:{RUNTIME}",
        f"--volume={service['hugepageMount']}:{service['hugepageMount']}",
        f"--volume={folder(service)}:{folder(service)}:ro",
        *(f"--volume={path}:{path}" for path in [service["dataFolder"], *serviceextras.profile(service)]),
        reference,
        *_arguments(service),
    ]
    start = " \\\n    ".join([f"ExecStart={PODMAN_PROGRAM} run", *options])
    return [
        # READY=1 comes from inside the container, which is another process than podman, in this unit's cgroup.
        "NotifyAccess=all",
        "Delegate=yes",
        start,
        f"ExecStopPost=-{PODMAN_PROGRAM} rm --force --ignore --time=0 {name}",
    ]


def native_lines(service: dict, program: str, ids: Ids) -> list[str]:
    start = " \\\n    ".join([f"ExecStart={program}", *_arguments(service)])
    others = [f"SupplementaryGroups={' '.join(map(str, ids.others))}"] if ids.others else []
    return [
        "NotifyAccess=main",
        f"User={service['user']}",
        f"Group={service['group']}",
        *others,
        f"WorkingDirectory={service['dataFolder']}",
        start,
        *_privileges(service),
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        " ".join([f"ReadWritePaths={service['dataFolder']}", service["hugepageMount"], *serviceextras.profile(service)]),
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "DevicePolicy=closed",
        *_doors(service),
        "ProtectKernelTunables=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelLogs=yes",
        "ProtectControlGroups=yes",
        "ProtectHostname=yes",
        "ProtectClock=yes",
        # Not ProcSubset=pid, PrivateDevices=, PrivateUsers= or MemoryDenyWriteExecute=: docs/security.md says why.
        "ProtectProc=invisible",
        "UMask=0077",
        "LockPersonality=yes",
        "RestrictNamespaces=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
    ]


def _privileges(service: dict) -> list[str]:
    names = " ".join(f"CAP_{name}" for name in serviceextras.capabilities(service))
    return [f"CapabilityBoundingSet={names}", *([f"AmbientCapabilities={names}"] if names else [])]


def _doors(service: dict) -> list[str]:
    """Devices and sockets."""
    if serviceextras.shares_network(service):
        # The PMD of a bifurcated card goes through verbs, netlink and the ioctls of its interface.
        return ["DeviceAllow=char-infiniband_verbs rw", "RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET"]
    return [
        # Of the devices only those of vfio; which of them, the group of /dev/vfio/N decides.
        "DeviceAllow=/dev/vfio/vfio rw",
        "DeviceAllow=char-vfio rw",
        # As the container has it: packets go through the port, and sockets are DPDK's own and systemd's.
        "PrivateNetwork=yes",
        "RestrictAddressFamilies=AF_UNIX",
    ]


def _install() -> list[str]:
    return ["", "[Install]", f"WantedBy={TARGET}"]
