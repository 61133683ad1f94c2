"""NICs that a plan has by their names alone, because only the machine tells the rest: `{pci:dpdk0}` and `{mac:dpdk0}` of
components/host/nics.ts. Put in once, where the plan comes in; from there on it is a plan like any other."""

from __future__ import annotations

import re
from typing import Sequence

from .errors import Refused
from .identity import where_is
from .node import Node
from .pci import DEVICES
from .sysfs import value
from .store import read_document, write_document

# Where a card was when its kernel driver had it: on vfio-pci it has no address that could be read.
_DOCUMENT = "late-nics.json"
_LATE = re.compile(r"\{(pci|mac):([a-z0-9-]+)\}")
_GIVEN = re.compile(r"([a-z0-9-]+)=([0-9a-f]{2}(?::[0-9a-f]{2}){5})")


def with_nics(node: Node, plan: str, given: Sequence[str]) -> str:
    """The text of a plan with the PCI addresses of the cards that have the MAC addresses in `given`, each NAME=MAC."""
    macs = _macs(given)
    places = {name: _place(node, name, mac) for name, mac in macs.items()}

    def put_in(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if name not in macs:
            raise Refused(
                "the plan has a NIC by its name alone, and nobody says which one it is",
                where=f"plan, {found.group()}",
                value=", ".join(macs) or "no --nic",
                remedy=f"run converge with --nic {name}=MAC",
            )
        return places[name]["pci"] if kind == "pci" else macs[name]

    found = _LATE.sub(put_in, plan)
    if given:
        _keep(node, places)
    return found


def as_kept(node: Node, plan: str) -> str:
    """The same with the NICs of the last time, for who asks what a plan would change and does not know them."""
    known = read_document(node, _DOCUMENT) or {}
    return with_nics(node, plan, [f"{name}={place['mac']}" for name, place in known.items()])


def _macs(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        words = _GIVEN.fullmatch(text)
        if words is None or words[1] in found:
            raise Refused(
                "a NIC is named as NAME=MAC, each once",
                where="converge --nic",
                value=text,
                remedy="write it such as dpdk0=02:ab:00:00:00:01",
            )
        found[words[1]] = words[2]
    return found


def _place(node: Node, name: str, mac: str) -> dict:
    """Where the card is: as its driver shows it, else where it was, if the same kind of device is still there."""
    pci = where_is(node, mac)
    if pci is not None:
        return {"mac": mac, "pci": pci, "id": _identity(node, pci)}
    kept = (read_document(node, _DOCUMENT) or {}).get(name)
    if kept and kept["mac"] == mac and kept["id"] == _identity(node, kept["pci"]):
        return kept
    raise Refused(
        "no card of this node has that MAC address",
        where=f"NIC {name}",
        value=mac,
        remedy="see whether the interface is attached (`facts` lists the node's cards), then up again",
    )


def _identity(node: Node, pci: str) -> str | None:
    vendor, device = (value(node, f"{DEVICES}/{pci}/{part}") for part in ("vendor", "device"))
    return f"{vendor}:{device}" if vendor and device else None


def _keep(node: Node, places: dict[str, dict]) -> None:
    if read_document(node, _DOCUMENT) != places:
        write_document(node, _DOCUMENT, places)
