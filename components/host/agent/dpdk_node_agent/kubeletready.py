"""What the kubelet's unit runs before every start: takes away what its managers kept in another boot, and writes down what it is being
started with.

A memory manager whose state names another machine than the one that booted ends the kubelet, again and again, while the node still says
Ready; 8 KiB of MemTotal are enough, and one boot differs from the next by as much. No container outlives a boot, so nothing is lost."""

from __future__ import annotations

import time

from . import runstate
from .bootid import boot_id
from .kubeletstate import APPLIED, BOOT_FILE, STARTED, fingerprint, pools, remove_states
from .node import Node
from .store import read_document


def kubelet_ready(node: Node, invocation: str) -> None:
    part = read_document(node, APPLIED)
    if part is None:
        return
    forget_other_boot(node, part["stateFolder"])
    record = {"invocation": invocation, "at": time.time(), "found": fingerprint(node, part), "pools": pools(node)}
    runstate.write(node, STARTED, record)


def forget_other_boot(node: Node, state_folder: str) -> None:
    """State whose boot is not known is not kept either. The note comes last: whoever is cut off before it begins anew."""
    note, now = f"{state_folder}/{BOOT_FILE}", boot_id(node)
    if (node.read(note) or "").strip() == now or not node.exists(state_folder):
        return
    remove_states(node, state_folder)
    node.write_file(note, f"{now}\n")
