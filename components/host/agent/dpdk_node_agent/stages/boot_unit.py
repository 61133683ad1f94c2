"""The unit that puts back at boot what a kernel forgets: virtual functions, NIC binding, tuning. Hugepages have their own.

With it goes the part that it needs of the plan that was applied, not of a later one whose trial boot failed."""

from __future__ import annotations

from .. import units
from ..node import Node
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document
from ..undotimer import AGENT

NAME = "boot-unit"
PHASE = "run"

UNIT = "dpdk-node-boot.service"
DOCUMENT = "boot-plan.json"
_TARGET = "multi-user.target"
# The data plane's unit says After= and Wants= this one. 300 s cover carrier and probes of several cards in turn.
_TEXT = f"""# Written by dpdk-node-agent.
[Unit]
Description=DPDK node: virtual functions and NIC binding
After=local-fs.target systemd-modules-load.service systemd-sysctl.service network.target
Before=dpdk-node.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={AGENT} boot
TimeoutStartSec=300

[Install]
WantedBy={_TARGET}
"""


def check(node: Node, plan: dict) -> Finding:
    if not _needed(plan):
        return ok("nothing to put back at boot") if not _is_there(node) else partial(f"{UNIT}: of an earlier plan")
    installed = units.is_installed(node, UNIT, _TEXT, _TARGET)
    if installed and read_document(node, DOCUMENT) == _part(plan):
        return ok(f"{UNIT} puts {', '.join(_needed(plan))} back at boot")
    return partial(f"{UNIT} has another plan") if installed else absent(f"{UNIT}: not enabled")


def apply(node: Node, plan: dict) -> None:
    if not _needed(plan):
        revert(node)
        return
    if read_document(node, DOCUMENT) != _part(plan):
        write_document(node, DOCUMENT, _part(plan))
    units.install(node, NAME, UNIT, _TEXT, _TARGET)


def revert(node: Node) -> list[str]:
    if units.owned(node, NAME):
        node.run("systemctl", "stop", UNIT)  # it stays "active (exited)" without a file otherwise
    done = units.remove(node, NAME)
    drop_document(node, DOCUMENT)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    finding = check(node, plan)
    return [] if finding.state == "ok" else [f"enable {UNIT}: {', '.join(_needed(plan)) or 'not needed any more'}"]


def _part(plan: dict) -> dict:
    part = {name: plan[name] for name in ("node", "sysctl", "nics")}
    if plan.get("tuning"):
        part = {**part, "cpus": plan["cpus"], "tuning": plan["tuning"]}
    return {**part, "vfioNoIommu": True} if plan.get("vfioNoIommu") else part


def is_needed(plan: dict) -> bool:
    """Whether anything of the plan has to be put back at boot."""
    return bool(_needed(plan))


def _needed(plan: dict) -> list[str]:
    return [name for name in ("sysctl", "nics", "tuning") if plan.get(name)]


def _is_there(node: Node) -> bool:
    return bool(units.owned(node, NAME)) or read_document(node, DOCUMENT) is not None
