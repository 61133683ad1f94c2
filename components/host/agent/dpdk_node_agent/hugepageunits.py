"""The units that give a node its hugepages at boot, under the names that operators know. Pure.

dpdk-hugepages@NODE-SIZE.service, a pool each: reserves, reads back, fails where pages are missing (after OpenShift's
node tuning operator, which has such a unit a pool). hugepages.service stands for all of them: the seed's name, for
units of an operator's own that say Requires= and After= it."""

from __future__ import annotations

from .undotimer import AGENT

TEMPLATE, ALL = "dpdk-hugepages@.service", "hugepages.service"
TARGET = "multi-user.target"
# All of them, for systemctl: a pattern that matches nothing is no error, a name is.
PATTERNS = (f"{ALL}*", TEMPLATE.replace("@", "@*"))

# A pool waits for whoever holds the node (runstate), 120 s at most, and compacts memory: seconds for each round.
_TEXT = f"""# Written by dpdk-node-agent.
[Unit]
Description=Hugepages for DPDK, NUMA node and size %i
After=local-fs.target systemd-sysctl.service
Before={ALL} dpdk-node-boot.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={AGENT} hugepages %i
TimeoutStartSec=300
"""


def instance(entry: dict) -> str:
    """What stands between @ and .service for a pool of the plan: 0-2M."""
    return f"{entry['numaNode']}-{entry['size']}"


def unit(entry: dict) -> str:
    return TEMPLATE.replace("@", f"@{instance(entry)}")


def template() -> str:
    return _TEXT


def all_of_them(entries: list[dict]) -> str:
    """The text of hugepages.service."""
    names = " ".join(unit(entry) for entry in entries)
    return (
        "# Written by dpdk-node-agent.\n"
        f"[Unit]\nDescription=All hugepages of this node for DPDK\nRequires={names}\nAfter={names}\n\n"
        # It does nothing itself: it is up when all of them are, and fails with the first that is not.
        "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n\n"
        f"[Install]\nWantedBy={TARGET}\n"
    )
