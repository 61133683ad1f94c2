"""Issue 6, "network connectivity loss": links that are down and peers that are not heard, by DPDK's own word."""

from __future__ import annotations

from ..pci import carrier, interfaces, is_up, physical_function
from .case import Case
from .finding import CONNECTIVITY, Finding

# FD.io CSIT's partial drop rate, which it still counts as carried. A peer that was started later missed the first.
_LOST_SHARE = 0.005


def look(case: Case) -> list[Finding]:
    if case.data_plane is None or case.data_plane["unit"]["active"] != "active":
        return []  # why it does not run is told elsewhere
    told = case.data_plane["telemetry"]
    if told != "ok":
        mend = "look at its lines: journalctl -u pantheonchain-dpdk.service"
        return [Finding(CONNECTIVITY, "the data plane runs and does not tell of itself", mend, told)]
    links = [found for port in case.data_plane["ports"] for found in _link(case, port)]
    return links or _peers(case)  # without a link nobody is heard


def _link(case: Case, port: dict) -> list[Finding]:
    if port["link"] == "up":
        return []
    pci = port["pci"]
    cause, mend, seen = "the switch or the other end gives no signal", "check cable, optics and the switch's port", ""
    card = physical_function(case.node, pci)
    for name in interfaces(case.node, card) if card else []:
        if not is_up(case.node, name):
            # A virtual function has no link of its own: it follows its card's.
            cause, mend = f"its card's interface {name} is down", f"sudo ip link set {name} up"
        seen = f"; {name} of {card}: {'up' if is_up(case.node, name) else 'down'}, carrier {carrier(case.node, name)}"
    return [Finding(CONNECTIVITY, f"the link of {pci} is {port['link']}: {cause}", mend, f"link {port['link']}{seen}")]


def _peers(case: Case) -> list[Finding]:
    assert case.data_plane is not None
    found = []
    for name, peer in case.data_plane["peers"].items():
        sent, received, lost = (int(peer.get(key) or 0) for key in ("sent", "received", "lost"))
        counted = f"sent {sent}, received {received}, lost {lost}"
        if sent and not received:
            mend = f"run doctor on {name}; both in one switch and VLAN? its MAC as the fleet file says?"
            cause = f"nothing was ever heard from {name} ({peer.get('address')})"
            found.append(Finding(CONNECTIVITY, cause, mend, counted))
        elif lost > _LOST_SHARE * sent:
            cause = f"answers of {name} ({peer.get('address')}) were lost"
            found.append(Finding(CONNECTIVITY, cause, f"see packet-drops here and on {name}", counted))
    return found
