"""Whether the kubelet runs with the file and the hugepages of now, and why not."""

from __future__ import annotations

from .kubeletstate import Shown, is_healthy, pools, show, started, unlike_policies
from .node import Node
from .polling import until
from .servicestate import sha256

# A kubelet under emulation answers after seconds and has its managers after some more.
READY_SECONDS = 120
# One that ends twice in this time ends again: kubeadm's unit starts it anew every 10 s.
_RESTARTS = 2


def runs(node: Node, asked: dict, wait_seconds: float = 0) -> bool:
    """Whether it runs so; one that is on its way there, as after a boot, is waited for."""

    def is_decided() -> bool:
        shown = show(node, asked["service"])
        if shown.needs_reload or not shown.is_up or shown.restarts >= _RESTARTS:
            return True
        if shown.active != "active":
            return False
        return outdated(node, asked, shown) is not None or not why_not(node, asked, shown)

    until(is_decided, wait_seconds, 0.5)
    shown = show(node, asked["service"])
    return not shown.needs_reload and not why_not(node, asked, shown)


def why_not(node: Node, asked: dict, shown: Shown) -> list[str]:
    """Empty where it does."""
    if shown.active != "active" or not shown.pid:
        return [f"{asked['service']}: {shown.line()}"]
    old = outdated(node, asked, shown)
    if old:
        return [old]
    if not is_healthy(node):
        return [f"{asked['service']}: healthz is not ok"]
    return unlike_policies(node, asked)


def outdated(node: Node, asked: dict, shown: Shown) -> str | None:
    """What has changed since it was started, or None."""
    service, begun = asked["service"], started(node)
    if begun is None or begun["invocation"] != shown.invocation:
        return f"{service}: nobody saw with what it was started"
    if begun["found"] != sha256(asked["content"]):
        return f"{service}: started with another {asked['file']}"
    was, now = begun["pools"], pools(node)
    for key in sorted({*now, *was}):
        if now.get(key) != was.get(key):
            numa, size = key.split("/")
            return f"{service}: knows {was.get(key)} hugepages of {size} on NUMA node {numa}, now {now.get(key)}"
    return None
