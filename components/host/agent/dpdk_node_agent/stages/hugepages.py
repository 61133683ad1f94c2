"""Hugepages per NUMA node and size, while the system runs. Those reserved at boot are another stage's: arguments."""

from __future__ import annotations

from .. import poolsysctl
from ..errors import AgentError, Refused
from ..node import Node
from ..sizes import kib
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import number, value

NAME = "hugepages"
PHASE = "run"

NODES = "/sys/devices/system/node"
# Each round compacts memory, which the kernel does while we wait; more rounds gained nothing where three did not.
ROUNDS = 4


def check(node: Node, plan: dict) -> Finding:
    entries = plan["hugepages"]
    wrong = [entry for entry in entries if _pages(node, entry) != entry["pages"]]
    obsolete = _obsolete(node, plan)
    fights = poolsysctl.fights(node, plan)
    if not wrong and not obsolete and not fights:
        return ok(", ".join(_say(entry, entry["pages"]) for entry in entries) or "no hugepages asked for")
    saw = [f"{_say(entry, _pages(node, entry))} of {entry['pages']}" for entry in wrong]
    saw += [f"{key}: pages of an earlier plan" for key in obsolete] + fights
    nothing = entries and all(not _pages(node, entry) for entry in entries)
    return absent(", ".join(saw)) if nothing else partial(", ".join(saw))


def refuse_impossible(node: Node, plan: dict) -> None:
    """What can be told before the boot that brings the pools."""
    poolsysctl.refuse(node, plan)


def apply(node: Node, plan: dict) -> None:
    refuse_impossible(node, plan)
    for entry in plan["hugepages"]:
        _refuse_impossible(node, entry)
    for key in _obsolete(node, plan):
        _put_back(node, key)
    for entry in plan["hugepages"]:
        save_once(node, NAME, _key(entry), _pages(node, entry))
    # What shrinks goes first: its memory may be what the others need.
    for entry in sorted(plan["hugepages"], key=lambda entry: entry["pages"] - (_pages(node, entry) or 0)):
        if _pages(node, entry) != entry["pages"]:
            _reserve(node, entry)


def revert(node: Node) -> list[str]:
    return [_put_back(node, key) for key in saved(node, NAME)]


def explain(node: Node, plan: dict) -> list[str]:
    lines = [f"give back the hugepages {key} of an earlier plan" for key in _obsolete(node, plan)]
    for entry in plan["hugepages"]:
        if _pages(node, entry) != entry["pages"]:
            lines.append(f"reserve {_say(entry, entry['pages'])}, now {_pages(node, entry)}")
    return lines


def reserve(node: Node, entry: dict) -> None:
    """One pool alone; an error where it does not come out with all of its pages."""
    _refuse_impossible(node, entry)
    save_once(node, NAME, _key(entry), _pages(node, entry))
    if _pages(node, entry) != entry["pages"]:
        _reserve(node, entry)


def pages(node: Node, entry: dict) -> int | None:
    """How many pages of an entry's size its NUMA node has; None: no such size or node."""
    return _pages(node, entry)


def free(node: Node, entry: dict) -> int:
    """How many of them nobody holds."""
    return number(node, f"{_folder(_key(entry))}/free_hugepages") or 0


def _key(entry: dict) -> str:
    return f"{entry['numaNode']}/{entry['size']}"


def _folder(key: str) -> str:
    numa, size = key.split("/")
    return f"{NODES}/node{numa}/hugepages/hugepages-{kib(size)}kB"


def _pages(node: Node, entry: dict) -> int | None:
    return number(node, f"{_folder(_key(entry))}/nr_hugepages")


def _say(entry: dict, pages: int | None) -> str:
    return f"{pages} pages of {entry['size']} on NUMA node {entry['numaNode']}"


def _obsolete(node: Node, plan: dict) -> list[str]:
    wanted = {_key(entry) for entry in plan["hugepages"]}
    return [key for key in saved(node, NAME) if key not in wanted]


def _reserve(node: Node, entry: dict) -> None:
    file = f"{_folder(_key(entry))}/nr_hugepages"
    before = _pages(node, entry)
    for round_number in range(ROUNDS):
        if round_number > 0:
            _make_room(node)
        node.write_value(file, str(entry["pages"]))
        if _pages(node, entry) == entry["pages"]:
            return
    got = _pages(node, entry)
    # Back to what was there, which a service may be living on, not to what was there before the first plan.
    node.write_value(file, str(before))
    more = (got or 0) > entry["pages"]
    raise AgentError(
        f"asked for {_say(entry, entry['pages'])}",
        where=file,
        value=f"{got} after {ROUNDS} attempts, back to {before}",
        remedy="stop what uses them" if more else "reserve them at boot (kernel argument hugepages=), or ask for fewer",
    )


def _make_room(node: Node) -> None:
    """Gives the page cache back and moves what is left together, so that whole hugepages become free."""
    node.write_value("/proc/sys/vm/drop_caches", "3")
    node.write_value("/proc/sys/vm/compact_memory", "1")


def _put_back(node: Node, key: str) -> str:
    before = saved(node, NAME)[key]
    file = f"{_folder(key)}/nr_hugepages"
    if number(node, file) != before:
        node.write_value(file, str(before))
    now = number(node, file)
    forget(node, NAME, key)
    more = "" if now == before else f", {now} are left while somebody uses them"
    return f"hugepages {key}: {before} as before{more}"


def _refuse_impossible(node: Node, entry: dict) -> None:
    numa, folder = entry["numaNode"], _folder(_key(entry))
    if not node.exists(f"{NODES}/node{numa}"):
        raise Refused(
            "the node has no such NUMA node",
            where="hugepages",
            value=str(numa),
            remedy=f"it has {', '.join(_numa_nodes(node)) or 'none'}",
        )
    if not node.exists(folder):
        raise Refused(
            "the kernel has no hugepages of this size",
            where=folder,
            value=entry["size"],
            remedy="name a size that the CPU has, and hugepagesz= among the kernel arguments for 1G",
        )
    total = memory_kib(node, numa)
    if total is not None and entry["pages"] * kib(entry["size"]) > total:
        raise Refused(
            "more hugepages than the NUMA node has memory",
            where=f"NUMA node {numa}",
            value=f"{_say(entry, entry['pages'])}, {total // 1024} MiB of memory",
            remedy="ask for fewer",
        )


def _numa_nodes(node: Node) -> list[str]:
    return [
        name[len("node") :] for name in node.names(NODES) if name.startswith("node") and name[len("node") :].isdigit()
    ]


def memory_kib(node: Node, numa: int) -> int | None:
    """All memory of a NUMA node: `Node 0 MemTotal:  1536000 kB`."""
    for line in (value(node, f"{NODES}/node{numa}/meminfo") or "").splitlines():
        if " MemTotal:" in line:
            return int(line.split()[-2])
    return None
