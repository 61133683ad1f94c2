"""Plan against machine, for the table that `npm start` ends with and for monitoring."""

from __future__ import annotations

from .bootid import boot_id
from .cmdline import lacking, tokens
from .dataplane import data_plane
from .facts.cpus import isolated
from .facts.memory import hugepages
from .node import Node
from .pci import carrier, driver, interfaces, iommu_group, own_mac, virtual_function
from .stages import ALL, stage
from .sysfs import value
from .trial import remembered
from .vfinfo import vf_infos


def status(node: Node, plan: dict) -> dict:
    """One document; reads only."""
    asked = plan["kernel"]["arguments"]
    running = [token for token in tokens(node.read("/proc/cmdline") or "") if not token.startswith("BOOT_IMAGE=")]
    memory = remembered(node)
    return {
        "node": plan["node"],
        "bootId": boot_id(node),
        "kernel": value(node, "/proc/sys/kernel/osrelease"),
        "reboots": memory.reboots,
        "kernelArguments": {"asked": asked, "running": running, "missing": lacking(running, asked)},
        "hugepages": _hugepages(node, plan),
        "isolated": {"asked": plan["cpus"]["isolated"], "running": isolated(node)},
        "nics": [row for nic in plan["nics"] for row in _rows(node, nic)],
        "dataPlane": data_plane(node, plan),
        "stages": {name: _stage(node, plan, name) for name in ALL},
        "trial": memory.trial._asdict() if memory.trial else None,
        "failedTrials": memory.failed,
    }


def _stage(node: Node, plan: dict, name: str) -> dict:
    finding = stage(name).check(node, plan)
    return {"state": finding.state.value, "saw": finding.saw}


def _hugepages(node: Node, plan: dict) -> list[dict]:
    """Every pool that is asked for or has pages."""
    asked = {(entry["numaNode"], entry["size"]): entry["pages"] for entry in plan["hugepages"]}
    rows = []
    for pool in hugepages(node):
        wanted = asked.pop((pool["numaNode"], pool["size"]), 0)
        if wanted or pool["pages"]:
            rows.append({**pool, "asked": wanted})
    missing = [
        {"size": size, "numaNode": numa, "pages": 0, "free": 0, "asked": pages} for (numa, size), pages in asked.items()
    ]
    return rows + missing


def _rows(node: Node, nic: dict) -> list[dict]:
    """The physical function, then each virtual one that the plan has."""
    pci = nic["pci"]
    names = interfaces(node, pci)
    mac = own_mac(node, names[0]) if names else nic.get("mac")
    link = carrier(node, names[0]) if names else None
    infos = vf_infos(node, pci) if nic.get("virtualFunctions") else {}
    rows = [_row(node, nic, pci, "pf", mac, link)]
    for function in nic.get("virtualFunctions", []):
        index = function["index"]
        address = infos[index].mac if index in infos else None
        rows.append(_row(node, nic, virtual_function(node, pci, index), f"vf{index}", address, link))
    return rows


def _row(node: Node, nic: dict, pci: str | None, function: str, mac: str | None, link: bool | None) -> dict:
    there = pci is not None
    return {
        "name": nic["name"],
        "pci": pci,
        "function": function,
        "driver": driver(node, pci) if there else None,
        "iommuGroup": iommu_group(node, pci) if there else None,
        "mac": mac,
        "carrier": link,
    }
