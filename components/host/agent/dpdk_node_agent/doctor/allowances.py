"""FAQ Q7, "how to debug packet drops", where the network itself drops: what an EC2 instance may send, receive and have
tracked, and AWS holds back beyond that. Told whenever it was counted; whether it goes on is seen between two looks, the
first of them when the doctor began."""

from __future__ import annotations

from .. import ena, servicestate
from ..ena import Counts
from .case import Case
from .finding import DROPS, Finding

# Counter, its cause and what mends it (AWS EC2 User Guide, "Monitor network performance for ENA settings", "Amazon EC2
# security group connection tracking", "Amazon EC2 instance network bandwidth").
_ALLOWANCES = (
    (
        "bw_in_allowance_exceeded",
        "more bytes came in than the instance's type may receive",
        "take a type with a higher baseline (components/aws/instance-families.json), or have peers send less at once",
    ),
    (
        "bw_out_allowance_exceeded",
        "more bytes were sent than the instance's type may send",
        "take a type with a higher baseline (components/aws/instance-families.json), or send less at once",
    ),
    (
        "pps_allowance_exceeded",
        "more packets went in and out than the instance's type may have in a second",
        "take a larger type or a newer generation, or send fewer and larger frames without IP fragments",
    ),
    (
        "conntrack_allowance_exceeded",
        "security groups track as many connections as the instance's type may have, and new ones were dropped",
        "have fewer peers, take a larger type, or give the interface a group whose rules for its traffic are open to "
        "all both ways: that is not tracked",
    ),
    (
        "linklocal_allowance_exceeded",
        "more packets went to AWS's DNS, time and metadata services than one interface may send",
        "have a cache answer DNS on the node, and look which program asks so often",
    ),
)
_TRACKED, _ROOM = "conntrack_allowance_exceeded", "conntrack_allowance_available"


def look(case: Case) -> list[Finding]:
    before, now = case.allowances, ena.look(case.node, case.data_plane)
    seconds, found = now.at - before.at, []
    for pci, counts in now.ports.items():
        found += _interface(pci, counts, before.ports.get(pci), seconds, _service_start(case, counts))
    for name, counts in now.kernels.items():
        found += _interface(name, counts, before.kernels.get(name), seconds, "its driver was reset last")
    return found


def _interface(where: str, now: Counts, before: Counts | None, seconds: float, since: str) -> list[Finding]:
    found = []
    for counter, cause, mend in _ALLOWANCES:
        count = now.get(counter) or 0
        if not count:
            continue
        evidence = f"{counter} {count} since {since}{_growth(counter, count, before, seconds)}"
        if counter == _TRACKED and _ROOM in now:
            evidence += f"; room for {now[_ROOM]} more connections now"
        found.append(Finding(DROPS, f"AWS held back frames of {where}: {cause}", mend, evidence))
    return found


def _growth(counter: str, count: int, before: Counts | None, seconds: float) -> str:
    """Whether it goes on: a counter only grows, but for a reset."""
    if before is None or counter not in before or before[counter] > count:
        return ""
    more = count - before[counter]
    return f", {more or 'none'} of them in the last {seconds:.1f} s"


def _service_start(case: Case, counts: Counts) -> str:
    """The words for it; systemd is asked for the time where it will be told."""
    if not any(counts.get(counter) for counter, _, _ in _ALLOWANCES):
        return ""
    since = servicestate.show(case.node).since
    return f"the service started ({since})" if since else "the service started"
