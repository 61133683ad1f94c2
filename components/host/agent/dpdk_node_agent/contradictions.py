"""Where the node itself contradicts its plan. Pure: plan and facts in, sentences out; the plan is refused before
anything is changed."""

from __future__ import annotations

import re

from .errors import Refused

_UNITS_KIB = {"K": 1, "M": 1024, "G": 1024 * 1024}
# Kernel arguments that name CPUs; flags such as `managed_irq,domain` may stand before the list.
_CPU_ARGUMENTS = ("isolcpus", "nohz_full", "rcu_nocbs", "irqaffinity")


def refuse_contradictions(plan: dict, facts: dict) -> None:
    """Raises one error that lists every contradiction."""
    found = contradictions(plan, facts)
    if found:
        raise Refused(
            "the node contradicts its plan",
            where=plan["node"],
            value="; ".join(found),
            remedy="correct the fleet file, nothing was changed",
        )


def contradictions(plan: dict, facts: dict) -> list[str]:
    """Every contradiction, a sentence each."""
    return [*_cpus(plan, facts), *_hugepages(plan, facts), *_nics(plan, facts), *_way_in(plan, facts)]


def cpu_set(text: str) -> set[int]:
    """`0-2,5` as numbers; flags of isolcpus and strides are passed over."""
    found: set[int] = set()
    for part in text.split(","):
        span = re.fullmatch(r"\s*(\d+)(?:-(\d+))?(?::\d+/\d+)?\s*", part)
        if span:
            found |= set(range(int(span[1]), int(span[2] or span[1]) + 1))
    return found


def _cpus(plan: dict, facts: dict) -> list[str]:
    online = cpu_set(facts["cpus"]["online"])
    named = {f"cpus.{name}": plan["cpus"][name] for name in ("online", "housekeeping", "isolated")}
    if plan.get("service"):
        named.update({f"service.{name}": plan["service"][name] for name in ("lcores", "housekeeping")})
    for token in plan["kernel"]["arguments"]:
        name, _, value = token.partition("=")
        if name in _CPU_ARGUMENTS:
            named[token] = value
    found = []
    for where, text in named.items():
        missing = sorted(cpu_set(text) - online)
        if missing:
            found.append(f"{where} names CPU {', '.join(map(str, missing))}, the node has {facts['cpus']['online']}")
    return found


def _hugepages(plan: dict, facts: dict) -> list[str]:
    memory = {node["id"]: node["memoryKiB"] for node in facts["numaNodes"]}
    asked: dict[int, int] = {}
    for pool in plan["hugepages"]:
        asked[pool["numaNode"]] = asked.get(pool["numaNode"], 0) + pool["pages"] * _kib(pool["size"])
    found = []
    for place, kib in asked.items():
        if place not in memory:
            found.append(f"hugepages on NUMA node {place}, the node has NUMA nodes {', '.join(map(str, memory))}")
        elif kib > memory[place]:
            found.append(f"hugepages of {kib // 1024} MiB on NUMA node {place}, which has {memory[place] // 1024} MiB")
    return found


def _kib(size: str) -> int:
    return int(size[:-1]) * _UNITS_KIB[size[-1].upper()]


def _nics(plan: dict, facts: dict) -> list[str]:
    there = {nic["pci"]: nic for nic in facts["nics"]}
    found = []
    for nic in plan["nics"]:
        seen = there.get(nic["pci"])
        now = _renumbered(nic, facts)
        moved = f"; its card is at {now} now, write that as hardware.nics.{nic['name']}.pci" if now else ""
        if seen is None:
            has = ", ".join(there) or "no NIC"
            found.append(f"NIC {nic['name']} at {nic['pci']}, where the node has none; it has {has}{moved}")
            continue
        # A function on vfio-pci has no interface and so no address that could be read.
        if now or (nic.get("mac") and seen["mac"] and seen["mac"].lower() != nic["mac"].lower()):
            found.append(f"NIC {nic['name']} at {nic['pci']} with {nic['mac']}, the node's has {seen['mac']}{moved}")
        identity = f"{seen['vendor']}:{seen['device']}"
        if nic.get("id") and nic["id"] != identity:
            found.append(f"NIC {nic['name']} at {nic['pci']} is asked to be {nic['id']}, the node's is {identity}")
        functions = len(nic["virtualFunctions"])
        if functions > (seen["sriovTotal"] or 0):
            found.append(
                f"{functions} virtual functions of {nic['name']}, {nic['pci']} has at most {seen['sriovTotal'] or 0}"
            )
    return found


def _renumbered(nic: dict, facts: dict) -> str | None:
    """Where the card with the MAC address of the plan is, if that is elsewhere than planned. Virtual functions do not
    count: they are given any address."""
    mac = (nic.get("mac") or "").lower()
    cards = [card for card in facts["nics"] if mac and card["mac"] and not card["virtualFunctionOf"]]
    found = [card["pci"] for card in cards if card["mac"].lower() == mac]
    return found[0] if found and nic["pci"] not in found else None


def _way_in(plan: dict, facts: dict) -> list[str]:
    """A NIC that would be taken from its driver although SSH comes through it, or through its IOMMU group."""
    there = {nic["pci"]: nic for nic in facts["nics"]}
    carrying = facts["wayIn"]["pci"] if facts.get("wayIn") else []
    groups = {there[pci]["iommuGroup"] for pci in carrying if pci in there} - {None}
    found = []
    for nic in plan["nics"]:
        seen = there.get(nic["pci"])
        wanted = nic.get("bind") or nic["driver"]
        if seen is None or seen["driver"] == wanted:
            continue
        if nic["pci"] in carrying:
            found.append(
                f"NIC {nic['name']} at {nic['pci']} carries this SSH connection and cannot be bound to {wanted}"
            )
        elif seen["iommuGroup"] in groups:
            found.append(
                f"NIC {nic['name']} at {nic['pci']} is in IOMMU group {seen['iommuGroup']} "
                "of the NIC that carries this SSH connection"
            )
    return found
