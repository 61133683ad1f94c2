"""The host plan as the agent reads it: its shape is checked once, here, so that no stage has to."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from . import dpdkplan, kubeletplan, serviceplan, tuningplan
from .errors import Refused
from .node import Node
from .store import read_document, write_document

_DOCUMENT = "plan.json"
VERSION = 1

# What each part must be; a list with one element is a list of such, a key that ends with ? may be missing.
_SHAPE: dict[str, Any] = {
    "version": int,
    "node": str,
    "kernel": {"arguments": [str], "panicSeconds": int, "trialSeconds": int},
    # What the operator lets us do though no running machine has shown it: boot loaders and package managers.
    "acceptUnproved?": [str],
    "packages": [str],
    "packageManager?": str,
    "holdPackages?": [str],
    "holdKernel?": bool,
    "dpdk?": {"version": str, "sha256": str, "url": str, "options": [str], "buildSeconds": int},
    "modules": [str],
    "hugepages": [{"size": str, "numaNode": int, "pages": int}],
    "hugepageMounts": [{"path": str, "size": str, "mode": str, "owner": str, "group": str}],
    "requirements?": {"memoryKiB?": int, "kernel?": str, "cpuFlags?": [str]},
    "cpus": {"online": str, "housekeeping": str, "isolated": str},
    # What the operator's side believes; the agent looks for itself.
    "memory?": [{"numaNode": int, "kib": int}],
    "wayIn?": [str],
    "nics": [
        {
            "name": str,
            "pci": str,
            "mac?": str,
            "id?": str,
            "driver": str,
            "bind?": str,
            "virtualFunctions": [{"index": int, "mac?": str, "driver": str, "trust?": bool}],
            "settings?": {
                "offloads?": {"gro?": bool, "lro?": bool, "tso?": bool, "gso?": bool},
                "rings?": {"rx?": int, "tx?": int},
                "channels?": {"combined?": int},
                "pause?": {"rx?": bool, "tx?": bool},
                "coalescing?": {"rxUsecs?": int, "txUsecs?": int},
            },
        }
    ],
    "accounts?": {"groups": [str], "users": [{"name": str, "group": str, "groups": [str]}]},
    "vfioGroup?": str,
    # What is not asked for is left as it is.
    "tuning?": {
        "irqs?": str,
        "irqbalance?": str,
        "workqueues?": str,
        "systemdAffinity?": str,
        "governor?": str,
        "idleExitLatency?": int,
        "transparentHugepages?": str,
        "clocksource?": str,
    },
    "vfioNoIommu?": bool,
    "service?": {
        "runtime": str,
        "user": str,
        "group": str,
        "configToml": str,
        "dpdkConf": str,
        "dataFolder": str,
        "lcores": str,
        "housekeeping": str,
        "hugepageMount": str,
        "functions": [str],
        "startSeconds": int,
        "nicMode?": str,
        "log?": {"file?": str, "rate?": {"lines": int, "seconds": int}},
        "coreMiB?": int,
    },
    "kubelet?": {"service": str, "file": str, "content": str, "stateFolder": str},
    # Not in the text that the operator's side sends: `converge --image` adds it, and it is kept with the plan.
    "image?": {"reference": str, "plainHttp": bool},
    "sysctl": [{"key": str, "value": str}],
    "files": [{"path": str, "mode": str, "owner": str, "group": str, "content": str}],
    "limits": {"confirmSeconds": int, "packagesSeconds": int},
}
_CALLED = {int: "a number", str: "a text", dict: "an object", list: "a list", bool: "true or false"}


def parse(text: str) -> dict:
    """The plan in a text, or a refusal that names the place, the value and what belongs there."""
    try:
        plan = json.loads(text)
    except ValueError as wrong:
        raise Refused(
            "the plan is no JSON", where="standard input", value=str(wrong), remedy="pipe a host plan into this verb"
        ) from wrong
    if isinstance(plan, dict) and plan.get("version") != VERSION:
        raise Refused(
            "this agent does not know plans of that version",
            where="plan.version",
            value=repr(plan.get("version")),
            remedy=f"send a plan of version {VERSION}, or install the agent that belongs to the operator's side",
        )
    _compare("plan", plan, _SHAPE)
    serviceplan.refuse_unsafe(plan)
    dpdkplan.refuse_unsafe(plan)
    tuningplan.refuse_unsafe(plan)
    kubeletplan.refuse_unsafe(plan)
    return plan


def with_image(plan: dict, reference: str | None, plain_http: bool) -> dict:
    """The plan with the image that was named beside it: part of the plan from here on, and of its hash."""
    if reference is None and (not plan.get("service") or plan.get("image")):
        return plan
    if reference is None or not plan.get("service"):
        raise Refused(
            "a plan with a service needs an image, and no other plan does",
            where="converge --image",
            value=repr(reference),
            remedy="name REGISTRY/REPOSITORY@sha256:DIGEST for a plan with a service, nothing for another",
        )
    found = {**plan, "image": {"reference": reference, "plainHttp": plain_http}}
    serviceplan.refuse_unsafe(found)
    return found


def with_kept_image(node: Node, plan: dict) -> dict:
    """The plan with the image of the one before, for who asks what a plan would change and names no image."""
    image = (kept(node) or {}).get("image")
    return {**plan, "image": image} if image and plan.get("service") else plan


def hash_of(plan: dict) -> str:
    """A short name of a plan; the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]


def kept(node: Node) -> dict | None:
    """The plan that was last asked for."""
    return read_document(node, _DOCUMENT)


def kept_or_refused(node: Node) -> dict:
    """The plan that was last asked for, for verbs that need one."""
    plan = kept(node)
    if plan is None:
        raise Refused(
            "no plan has been asked for on this node yet",
            where=f"{_DOCUMENT} in the agent's memory",
            remedy="run `dpdk-node-agent converge < PLAN`",
        )
    return plan


def keep(node: Node, plan: dict) -> None:
    if kept(node) != plan:
        write_document(node, _DOCUMENT, plan)


def _compare(where: str, value: Any, shape: Any) -> None:
    wanted = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise Refused(
            f"the plan needs {_CALLED[wanted]} here", where=where, value=_short(value), remedy="correct the plan"
        )
    if isinstance(shape, list):
        for place, element in enumerate(value):
            _compare(f"{where}[{place}]", element, shape[0])
    elif isinstance(shape, dict):
        _compare_keys(where, value, shape)


def _compare_keys(where: str, value: dict, shape: dict) -> None:
    for name, inner in shape.items():
        bare = name.rstrip("?")
        if bare in value and not (value[bare] is None and bare != name):
            _compare(f"{where}.{bare}", value[bare], inner)
        elif bare == name:
            raise Refused("the plan lacks a key", where=f"{where}.{name}", remedy="send a whole host plan")


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."
