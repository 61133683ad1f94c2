"""What pantheonchain-dpdk.service runs before every start: waits, bounded, until its hugepages, mount and functions are
there; tells podman which devices they are; makes what only root can make; takes away what a crash has left; writes down
what is being started."""

from __future__ import annotations

import time

from . import runstate, serviceplan, stalemaps
from .accounts import gid, uid
from .errors import AgentError, Refused
from .node import Node
from .pci import driver, interfaces, iommu_group
from .polling import until
from .servicestate import APPLIED, STARTED, fingerprint
from .serviceextras import profile, shares_network
from .serviceunit import ENVIRONMENT, RUNTIME
from .serviceplan import PODMAN
from .stages import hugepage_mounts, hugepages, vfio_access
from .store import read_document
from .vfio import DRIVER

# udev and a late card; the start itself has its own time. systemd allows startSeconds for this, so at most half of it.
_WAIT_SECONDS = 60


def service_ready(node: Node, invocation: str) -> None:
    """Returns when the service may start; one error that says all that is missing where it may not."""
    part = read_document(node, APPLIED)
    if part is None:
        raise Refused("no plan with a service was applied", where=APPLIED, remedy="run `up`")
    stalemaps.remove(node, part["service"])
    seconds = min(_WAIT_SECONDS, part["service"]["startSeconds"] // 2)
    until(lambda: not missing(node, part), seconds, 0.5)
    lacks = missing(node, part)
    if lacks:
        raise AgentError("the data plane cannot start", value="; ".join(lacks), remedy="run `dpdk-node-agent check`")
    _make_runtime_folder(node, part)
    _make_profile(node, part)
    functions = [] if shares_network(part["service"]) else part["service"]["functions"]
    groups = dict.fromkeys(iommu_group(node, pci) for pci in functions)
    devices = " ".join(f"--device={vfio_access.FOLDER}/{group}" for group in groups)
    runstate.write_text(node, ENVIRONMENT.rpartition("/")[2], f'VFIO_DEVICES="{devices}"\n')
    files = [part["service"][name] for name in ("configToml", "dpdkConf")]
    record = {"invocation": invocation, "at": time.time(), "found": fingerprint(node, files)}
    runstate.write(node, STARTED, record)


def missing(node: Node, part: dict) -> list[str]:
    """What the service needs and has not got, a text each."""
    found = [text for mount in serviceplan.mounts(part) if (text := hugepage_mounts.lacks(node, mount))]
    pools = serviceplan.pools(part)
    for entry in pools:
        if (hugepages.pages(node, entry) or 0) < entry["pages"]:
            numa, now = entry["numaNode"], hugepages.pages(node, entry)
            found.append(f"{now} of {entry['pages']} hugepages of {entry['size']} on NUMA node {numa}")
    if pools and not any(hugepages.free(node, entry) for entry in pools):
        found.append("no hugepage is free: another process holds them all")
    for pci in part["service"]["functions"]:
        found += _lacks(node, pci, part)
    return found


def _lacks(node: Node, pci: str, part: dict) -> list[str]:
    group = part.get("vfioGroup")
    if shares_network(part["service"]):
        return [] if interfaces(node, pci) else [f"{pci}: no interface, and its PMD works through the kernel's driver"]
    if driver(node, pci) != DRIVER:
        return [f"{pci}: driver {driver(node, pci)}, not {DRIVER}"]
    path = f"{vfio_access.FOLDER}/{iommu_group(node, pci)}"
    if not node.exists(path):
        return [f"{pci}: no {path}"]
    return [f"{path}: not for the group {group}"] if group and not vfio_access.is_open_to(node, path, group) else []


def _make_runtime_folder(node: Node, part: dict) -> None:
    """The unit runs podman as root, so that systemd makes RuntimeDirectory= root's; below it DPDK's folder is the
    user's, where EAL makes its own (eal_create_runtime_dir)."""
    service, folder = part["service"], f"{RUNTIME}/dpdk"
    if service["runtime"] != PODMAN or not node.exists(RUNTIME):
        return
    if not node.exists(folder):
        node.make_folder(folder, 0o700)
    node.give(folder, uid(node, service["user"]), gid(node, service["group"]), 0o700)


def _make_profile(node: Node, part: dict) -> None:
    """In /var/log only root can make files. One that is there is left as it is: it may be another program's."""
    service = part["service"]
    for path in profile(service):
        if not node.exists(path):
            node.write_file(path, "", 0o640, uid(node, service["user"]), gid(node, service["group"]))
