"""The parts of a plan that reach a systemd unit or a command line: what they may be. Pure; checked once, where the plan
is read, so that no stage has to."""

from __future__ import annotations

import re

from . import reference, serviceextras
from .errors import Refused
from .pci import ADDRESS

PODMAN, NATIVE = "podman", "native"
# Where Debian has it; a unit needs an absolute path.
PODMAN_PROGRAM = "/usr/bin/podman"

# useradd's own rule (shadow, NAME_REGEX); 32 is the kernel's and utmp's limit.
_NAME = r"^[a-z_][a-z0-9_-]{0,31}$"
_PATH = r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$"
_CPUS = r"^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$"
# An hour: longer than any card takes to come up, and short enough that a mistake ends.
_LONGEST_START_SECONDS = 3600


def refuse_unsafe(plan: dict) -> None:
    """Refuses names, paths and numbers that would mean something else where they are written, and a service that could
    not run."""
    _refuse_names(plan)
    service = plan.get("service")
    if plan.get("image"):
        reference.parse(plan["image"]["reference"])
    if not service:
        return
    _refuse_without_iommu(plan)
    if service["runtime"] not in (PODMAN, NATIVE):
        raise _wrong("runtime", service["runtime"], f"write {PODMAN} or {NATIVE}")
    for name in ("configToml", "dpdkConf", "dataFolder", "hugepageMount"):
        _refuse_unless(_PATH, f"service.{name}", service[name], "write an absolute path of plain letters")
    for name in ("lcores", "housekeeping"):
        _refuse_unless(_CPUS, f"service.{name}", service[name], "write a CPU list such as 0-1,4")
    for pci in service["functions"]:
        _refuse_unless(ADDRESS, "service.functions", pci, "write a PCI address such as 0000:01:10.0")
    if not 0 < service["startSeconds"] <= _LONGEST_START_SECONDS:
        raise _wrong("startSeconds", service["startSeconds"], f"write 1 to {_LONGEST_START_SECONDS}")
    serviceextras.refuse_unsafe(service)
    _refuse_missing_files(plan, service)


def folder(service: dict) -> str:
    """Where the configuration lies, on the node and in the container."""
    return service["configToml"].rpartition("/")[0]


def mounts(plan: dict) -> list[dict]:
    """The mount that the service takes its pages from."""
    return [mount for mount in plan["hugepageMounts"] if mount["path"] == plan["service"]["hugepageMount"]]


def pools(plan: dict) -> list[dict]:
    """The pools of the service's page size; all of them where its mount is not the plan's."""
    sizes = [mount["size"] for mount in mounts(plan)]
    return [entry for entry in plan["hugepages"] if not sizes or entry["size"] == sizes[0]]


def files(plan: dict) -> list[dict]:
    """The plan's two configuration files of the service, config.toml first."""
    by_path = {file["path"]: file for file in plan["files"]}
    return [by_path[plan["service"][name]] for name in ("configToml", "dpdkConf")]


def _refuse_without_iommu(plan: dict) -> None:
    """The service has no capability, and needs CAP_SYS_RAWIO to open a NIC without IOMMU (drivers/vfio/group.c) and
    CAP_SYS_ADMIN to read physical addresses (fs/proc/task_mmu.c, pagemap_read)."""
    if plan.get("vfioNoIommu"):
        raise Refused(
            "the data plane's service cannot drive a NIC without IOMMU: it has no capabilities",
            where="plan.vfioNoIommu",
            value="true",
            remedy="use a machine with an IOMMU, or take service out of the fleet file",
        )


def _refuse_names(plan: dict) -> None:
    accounts = plan.get("accounts") or {"groups": [], "users": []}
    named = {"accounts.groups": list(accounts["groups"])}
    named["accounts.users"] = [name for user in accounts["users"] for name in (user["name"], user["group"])]
    named["accounts.users.groups"] = [name for user in accounts["users"] for name in user["groups"]]
    named["vfioGroup"] = [plan["vfioGroup"]] if plan.get("vfioGroup") else []
    if plan.get("service"):
        named["service.user"], named["service.group"] = [plan["service"]["user"]], [plan["service"]["group"]]
    for where, names in named.items():
        for name in names:
            _refuse_unless(_NAME, where, name, "write a name of small letters, digits, _ and -")


def _refuse_missing_files(plan: dict, service: dict) -> None:
    paths = [file["path"] for file in plan["files"]]
    for name in ("configToml", "dpdkConf"):
        if service[name] not in paths:
            raise _wrong(name, service[name], "put the file's text under files")
    if service["dpdkConf"].rpartition("/")[0] != folder(service) or folder(service).count("/") < 2:
        # The folder is mounted into the container as a whole.
        raise _wrong("dpdkConf", service["dpdkConf"], "put both into one folder of their own, as /etc/pantheonchain")


def _refuse_unless(pattern: str, where: str, value: str, remedy: str) -> None:
    if not re.fullmatch(pattern, value):
        raise Refused("the plan has a value that cannot be", where=f"plan.{where}", value=repr(value), remedy=remedy)


def _wrong(name: str, value: object, remedy: str) -> Refused:
    return Refused(
        "the plan has a value that cannot be", where=f"plan.service.{name}", value=repr(value), remedy=remedy
    )
