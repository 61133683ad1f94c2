"""What a node is, for `propose` and for people: components/host/facts.example.json. Files, and GRUB's own tool."""

from __future__ import annotations

from ..bootid import boot_id
from ..bootloader.detect import describe
from ..cmdline import tokens
from ..memorytotal import total_kib
from ..node import Node
from ..secureboot import secure_boot
from ..stages.modules import lockdown
from ..sysfs import value
from .cpus import cpus, numa_nodes
from .limits import limits
from .memory import hugepages
from .nics import nics


def facts(node: Node) -> dict:
    """All facts of one moment."""
    # `status` takes parts of this package, and no addresses and routes.
    from ..routes import routes
    from ..way_in import as_facts, way_in
    from .carries import carries

    table = routes(node)
    return {
        "version": 1,
        "hostname": value(node, "/proc/sys/kernel/hostname"),
        "bootId": boot_id(node),
        "kernel": {
            "release": value(node, "/proc/sys/kernel/osrelease"),
            "arguments": [t for t in tokens(value(node, "/proc/cmdline") or "") if not t.startswith("BOOT_IMAGE=")],
            "lockdown": lockdown(node),
            "secureBoot": secure_boot(node),
        },
        "cpus": cpus(node),
        "memory": {"totalKiB": total_kib(node)},
        "numaNodes": numa_nodes(node),
        "hugepages": hugepages(node),
        "nics": [{**nic, "carries": carries(node, table, nic)} for nic in nics(node)],
        "wayIn": as_facts(way_in(node, table)),
        "bootLoader": describe(node),
        "limits": limits(node),
    }
