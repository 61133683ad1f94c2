"""FAQ Q7, "how to debug packet drops": each counter of DPDK's that only grows when a frame is lost, and what it means
(rte_eth_stats, lib/ethdev/rte_ethdev.h). Any loss is told: what is tolerable is the operator's to say."""

from __future__ import annotations

from ..dataplane import pool_text
from .case import Case
from .finding import DROPS, Finding

# Counter, what it counts against, its cause and what mends it, in the seed's order.
_COUNTERS = (
    (
        "imissed",
        "ipackets",
        "the receive ring was full when frames came",
        "raise dataPlane.rxDescriptors, or give it more lcores and queues; where bursts are longer than that, let the "
        "switch pause (flow control)",
    ),
    (
        "rx_nombuf",
        "ipackets",
        "no packet buffer was free",
        "raise dataPlane.mempoolSize, or leave it out: then it is sized for rings and caches",
    ),
    (
        "ierrors",
        "ipackets",
        "frames came damaged, or longer than the port takes",
        "check cable and optics, and dataPlane.maxRxPacketLength against the peers' MTU",
    ),
    ("oerrors", "opackets", "frames could not be sent", "raise dataPlane.txDescriptors, and look at the link"),
)


def look(case: Case) -> list[Finding]:
    if case.data_plane is None:
        return []
    found = [one for port in case.data_plane["ports"] for one in _port(port, case.data_plane["mempools"])]
    return found + [one for pool in case.data_plane["mempools"] for one in _exhausted(pool)]


def _port(port: dict, pools: list[dict]) -> list[Finding]:
    found = []
    for counter, total, cause, mend in _COUNTERS:
        count = port.get(counter) or 0
        if not count:
            continue
        all_frames = count + (port.get(total) or 0)
        share = 100 * count / all_frames
        evidence = f"{counter} {count} of {all_frames} frames since the service started ({share:.2g} %)"
        if counter == "rx_nombuf" and pools:
            evidence += "".join(f"; mempool {pool_text(pool)}" for pool in pools)
        found.append(Finding(DROPS, f"{port['pci']} lost frames: {cause}", mend, evidence))
    return found


def _exhausted(pool: dict) -> list[Finding]:
    if pool["free"] != 0:
        return []
    return [
        Finding(
            DROPS,
            f"the mempool {pool['name']} is empty: no frame can be received",
            "raise dataPlane.mempoolSize, then run up again",
            f"0 of {pool['size']} buffers free",
        )
    ]
