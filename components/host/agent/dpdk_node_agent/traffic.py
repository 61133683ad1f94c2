"""Frames exchanged over one vfio-bound function with DPDK's own testpmd: both sides swap addresses and send back what
comes; the first side starts the exchange, and again every second, because a frame that is lost would end it."""

from __future__ import annotations

import sys
import time
from typing import Callable, Sequence

from .errors import AgentError, Refused
from .facts.cpus import isolated, online
from .node import Node
from .pci import driver
from .pmdprompt import START_SECONDS, Testpmd, arguments, counters, link_is_up, start
from .polling import until
from .ranges import numbers
from .vfio import DRIVER, require_unused

LINK_SECONDS = 30
# Each kick sends this many bursts of 32 frames; they then go round until they are lost.
_BURSTS = 4
_KICK_SECONDS = 1.0

Starter = Callable[[Sequence[str]], Testpmd]


def traffic(node: Node, pci: str, peer: str, seconds: int, first: bool, starter: Starter = start) -> dict:
    """Runs for `seconds` after its link is up, which it says with the line `ready` on standard error. Start the first
    side when the other is ready, and give the other as much longer as the first needs to start (emulated 25 s)."""
    if driver(node, pci) != DRIVER:
        raise Refused(
            "the function is not on vfio-pci",
            where=pci,
            value=f"driver {driver(node, pci)}",
            remedy="converge the node first",
        )
    require_unused(node, pci)
    with starter(arguments(pci, peer, *_cores(node))) as testpmd:
        _until_prompt(testpmd)
        if not until(lambda: link_is_up(testpmd.command("show port info 0")), LINK_SECONDS, every=1):
            raise AgentError(
                "no link on the function",
                where=pci,
                value=f"down for {LINK_SECONDS} s",
                remedy="look at the physical function's carrier",
            )
        before = counters(testpmd.command("show port stats 0"))
        print("ready", file=sys.stderr, flush=True)
        began = time.monotonic()
        _exchange(testpmd, seconds, first)
        took = time.monotonic() - began
        found = counters(testpmd.command("show port stats 0"))
        link = link_is_up(testpmd.command("show port info 0"))
    return _result(pci, first, before, found, took, link)


def _until_prompt(testpmd: Testpmd) -> None:
    banner = testpmd.answer(START_SECONDS)
    if "No probed ethernet devices" in banner or "No available ports" in banner:
        raise AgentError(
            "testpmd found no port",
            value=" / ".join(banner.strip().splitlines()[-4:]),
            remedy="look at the function's driver and IOMMU group",
        )


def _exchange(testpmd: Testpmd, seconds: int, first: bool) -> None:
    end = time.monotonic() + seconds
    testpmd.command(f"start tx_first {_BURSTS}" if first else "start")
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(_KICK_SECONDS, left))
        if first and left > _KICK_SECONDS:
            testpmd.command("stop")
            testpmd.command(f"start tx_first {_BURSTS}")
    testpmd.command("stop")


def _result(pci: str, first: bool, before: dict[str, int], after: dict[str, int], seconds: float, link: bool) -> dict:
    """`lost`: what the first side has sent and not got back; what the other side has got and not sent back."""
    change = {name: count - before.get(name, 0) for name, count in after.items()}
    sent, received = change.get("TX-packets", 0), change.get("RX-packets", 0)
    dropped = sum(change.get(name, 0) for name in ("RX-missed", "RX-errors", "RX-nombuf", "TX-errors"))
    return {
        "pci": pci,
        "sent": sent,
        "received": received,
        "lost": max(0, sent - received if first else received - sent),
        "dropped": dropped,
        "seconds": round(seconds, 1),
        "link": "up" if link else "down",
    }


def _cores(node: Node) -> tuple[int, int]:
    """The prompt on a housekeeping CPU, the forwarding on an isolated one where there is one. The card's NUMA node
    matters for speed only, and this proves function."""
    everywhere, alone = numbers(online(node)), numbers(isolated(node))
    shared = [cpu for cpu in everywhere if cpu not in alone]
    if len(everywhere) < 2:
        raise Refused("testpmd needs two CPUs", value=f"online: {online(node)}", remedy="give the node another")
    worker = alone[0] if alone else everywhere[1]
    return next(cpu for cpu in (shared or everywhere) if cpu != worker), worker
