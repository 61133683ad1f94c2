"""Files in a hugetlbfs mount that a crashed DPDK process has left: each holds its page until somebody removes it.

They are DPDK's by their name, PREFIXmap_N (lib/eal/common/eal_filesystem.h, HUGEFILE_FMT; the prefix is --file-prefix,
rte if not given), and stale where nobody has the lock that EAL holds on each (eal_hugepage_info.c, clear_hugedir), has
the file open or has it mapped. The service's own are removed before it starts; others' are only told."""

from __future__ import annotations

import fcntl
import os
import re

from .node import Node

_NAME = re.compile(r"^(?P<prefix>.+)map_[0-9]+$")
_PREFIX = re.compile(r"--file-prefix[= ](\S+)")


def remove(node: Node, service: dict) -> list[str]:
    """Removes the stale files of the service's own prefix, and no others; answers their paths."""
    folder, own = service["hugepageMount"], prefix(node, service)
    gone = [path for path in stale(node, folder) if _prefix_of(path) == own]
    for path in gone:
        node.remove(path)
    return gone


def stale(node: Node, folder: str) -> list[str]:
    """All files of DPDK processes, of whatever prefix, that nobody uses any more."""
    names = [name for name in node.names(folder) if _NAME.match(name)]
    free = [f"{folder}/{name}" for name in names if _is_unlocked(node, f"{folder}/{name}")]
    if not free:
        return []  # the usual case: no process is looked at
    used = _used(node, {_identity(node, path): path for path in free})
    return [path for path in free if path not in used]


def prefix(node: Node, service: dict) -> str:
    """What the service's configuration calls its files."""
    found = _PREFIX.search(node.read(service["dpdkConf"]) or "")
    return found[1] if found else "rte"


def _prefix_of(path: str) -> str:
    found = _NAME.match(path.rpartition("/")[2])
    return found["prefix"] if found else ""


def _is_unlocked(node: Node, path: str) -> bool:
    try:
        handle = os.open(node.place(path), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


def _identity(node: Node, path: str) -> tuple[int, int]:
    found = os.stat(node.place(path), follow_symlinks=False)
    return found.st_dev, found.st_ino


def _used(node: Node, free: dict[tuple[int, int], str]) -> set[str]:
    """Those that a process has mapped or open. By device and inode: a container knows the file by another path."""
    used = set()
    for pid in filter(str.isdigit, node.names("/proc")):
        for identity in [*_mapped(node, pid), *_open(node, pid)]:
            if identity in free:
                used.add(free[identity])
    return used


def _mapped(node: Node, pid: str) -> list[tuple[int, int]]:
    """`7f…-7f… rw-s 00000000 00:2b 1234 /mnt/huge/rtemap_0` (proc(5)); a process that has just ended has none."""
    found = []
    try:
        text = node.read(f"/proc/{pid}/maps") or ""
    except OSError:
        return []
    for line in text.splitlines():
        parts = line.split(None, 5)
        if len(parts) == 6 and "map_" in parts[5]:
            major, minor = (int(number, 16) for number in parts[3].split(":"))
            found.append((os.makedev(major, minor), int(parts[4])))
    return found


def _open(node: Node, pid: str) -> list[tuple[int, int]]:
    found = []
    try:
        names = node.names(f"/proc/{pid}/fd")
    except OSError:
        return []
    for name in names:
        try:
            if "map_" in os.readlink(node.place(f"/proc/{pid}/fd/{name}")):
                there = os.stat(node.place(f"/proc/{pid}/fd/{name}"))
                found.append((there.st_dev, there.st_ino))
        except OSError:
            continue
    return found
