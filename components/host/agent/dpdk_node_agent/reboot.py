"""A reboot that is staged, so that the answer reaches the operator before the connection ends."""

from __future__ import annotations

import time

from . import runstate
from .bootid import boot_id
from .errors import Retry
from .node import Node

_DOCUMENT = "reboot.json"
# Time for the answer to go out; a poller looks several times a second.
_DELAY_SECONDS = 3
# A shutdown that has not begun by then is asked for again; stop jobs have 90 s (DefaultTimeoutStopSec of systemd).
_AGAIN_SECONDS = 120
# The earliest that a next connection makes sense. A guest under emulation took 41 s, a server takes minutes.
_AFTER_SECONDS = 15


def stage(node: Node) -> None:
    """Asks systemd for a reboot in a moment."""
    runstate.write(node, _DOCUMENT, {"boot": boot_id(node), "at": time.time()})
    node.run(
        "systemd-run",
        f"--on-active={_DELAY_SECONDS}",
        "--timer-property=AccuracySec=100ms",
        "--collect",
        "--quiet",
        "systemctl",
        "reboot",
    )


def is_staged(node: Node) -> bool:
    """Whether this boot is about to end."""
    found = runstate.read(node, _DOCUMENT)
    return found is not None and found["boot"] == boot_id(node)


def answer(node: Node) -> Retry:
    """What a converge answers until the node has rebooted; a reboot that does not come is asked for again."""
    if time.time() - runstate.read(node, _DOCUMENT)["at"] > _AGAIN_SECONDS:
        stage(node)
    return Retry("reboot", "trial boot of the new kernel arguments", _AFTER_SECONDS)
