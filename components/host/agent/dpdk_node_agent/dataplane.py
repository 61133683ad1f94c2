"""What the data plane does right now, for people and for monitoring: systemd's word of its unit, and the program's own
of ports and peers. A service that runs and does not answer is said so; it is no error of the one who asks."""

from __future__ import annotations

from typing import Any

from . import reference, servicestate
from .node import Node
from .servicestate import Shown
from .serviceunit import RUNTIME, UNIT
from .telemetry import Telemetry, Unanswered

_SOCKET = "dpdk_telemetry.v2"
_FOLDER = f"{RUNTIME}/dpdk"
# EAL's own file prefix; another one is the operator's, by eal-args.
_PREFIX = "rte"
_COUNTERS = ("ipackets", "opackets", "ibytes", "obytes", "imissed", "ierrors", "oerrors", "rx_nombuf")


def data_plane(node: Node, plan: dict) -> dict | None:
    """One document; reads only. None where the plan has no service."""
    service = plan.get("service")
    if not service:
        return None
    shown = servicestate.show(node)
    image = (plan.get("image") or {}).get("reference")
    found = {
        "unit": _unit(shown),
        "runtime": service["runtime"],
        "image": image,
        "digest": reference.parse(image).digest if image else None,
    }
    return {**found, **_told(node, service["functions"], shown)}


def lines(found: dict | None) -> list[str]:
    """The same for a person."""
    if found is None:
        return ["the plan has no service"]
    unit = found["unit"]
    said = [f"{unit['name']}: {unit['active']} ({unit['sub']}), {found['runtime']}, image {found['image']}"]
    said += [f"telemetry: {found['telemetry']}"] if found["telemetry"] != "ok" else []
    for port in found["ports"]:
        counts = " ".join(f"{name}={port[name]}" for name in _COUNTERS)
        said.append(f"port {port['port']} {port['pci']}: link {port['link']}, {port['rxQueues']} rx queues, {counts}")
    for pool in found["mempools"]:
        said.append(f"mempool {pool_text(pool)}")
    for name, peer in found["peers"].items():
        said.append(f"peer {name}: " + " ".join(f"{key}={value}" for key, value in peer.items()))
    return said


def pool_text(pool: dict) -> str:
    free = "" if pool["free"] is None else f", {pool['free']} of them free"
    return f"{pool['name']}: {pool['size']} buffers{free}"


def _unit(shown: Shown) -> dict:
    return {
        "name": UNIT,
        "active": shown.active,
        "sub": shown.sub,
        "result": shown.result,
        "exitCode": int(shown.exit_code) if shown.exit_code.isdigit() else None,
        "restarts": shown.restarts,
    }


def _told(node: Node, functions: list[str], shown: Shown) -> dict:
    nothing: dict[str, Any] = {"ports": [], "mempools": [], "peers": {}, "node": None}
    path = socket_of(node)
    if path is None:
        why = (
            "the service does not run"
            if shown.active != "active"
            else f"the service runs, and there is no {_FOLDER}/{_PREFIX}/{_SOCKET}"
        )
        return {"telemetry": why, **nothing}
    try:
        with Telemetry(node, path) as telemetry:
            ports = telemetry.ask("/ethdev/list") or []
            return {
                "telemetry": "ok",
                "ports": [_port(telemetry, port, functions) for port in ports],
                "mempools": [_mempool(telemetry, name) for name in telemetry.ask("/mempool/list") or []],
                "peers": telemetry.ask("/pantheon/peers") or {},
                "node": telemetry.ask("/pantheon/node"),
            }
    except Unanswered as unanswered:
        # A program that was killed leaves its socket behind.
        why = "the service does not run" if shown.active != "active" else str(unanswered)
        return {"telemetry": why, **nothing}


def _mempool(telemetry: Telemetry, name: str) -> dict:
    """Free are those in the common pool and those in the lcores' caches; DPDK 22.11 tells the size alone
    (lib/mempool/rte_mempool.c, mempool_info_cb), later ones the rest too."""
    info = telemetry.ask("/mempool/info", name) or {}
    counts = [info.get("common_pool_count"), info.get("total_cache_count")]
    free = sum(counts) if all(isinstance(count, int) for count in counts) else None
    return {"name": name, "size": info.get("size"), "free": free}


def socket_of(node: Node) -> str | None:
    """Where the program that runs, or ran last, answers."""
    prefixes = sorted(node.names(_FOLDER), key=lambda name: name != _PREFIX)
    paths = (f"{_FOLDER}/{prefix}/{_SOCKET}" for prefix in prefixes)
    return next((path for path in paths if node.exists(path)), None)


def _port(telemetry: Telemetry, port: int, functions: list[str]) -> dict:
    link = telemetry.ask("/ethdev/link_status", port) or {}
    stats = telemetry.ask("/ethdev/stats", port) or {}
    info = telemetry.ask("/ethdev/info", port) or {}
    name = info.get("name")
    return {
        "port": port,
        "pci": name if name in functions else functions[port] if port < len(functions) else name,
        "link": str(link.get("status", "unknown")).lower(),
        "speed": link.get("speed"),
        "rxQueues": info.get("nb_rx_queues"),
        **{name: stats.get(name) for name in _COUNTERS},
    }
