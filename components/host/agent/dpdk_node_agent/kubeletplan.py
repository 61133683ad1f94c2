"""The part of a plan that is about a worker's kubelet: what it may be, and what of it the managers go by. Pure."""

from __future__ import annotations

import json
import re

from .errors import Refused

_SERVICE = r"[A-Za-z0-9][A-Za-z0-9._-]*\.service"
_PATH = r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+"
# A kubelet that has handed out whole CPUs by one of these cannot go on by another without moving running pods.
_CPU_KEYS = ("cpuManagerPolicy", "reservedSystemCPUs")


def refuse_unsafe(plan: dict) -> None:
    """Refuses what would mean something else in a unit, or be no configuration."""
    part = plan.get("kubelet")
    if not part:
        return
    _refuse_unless(_SERVICE, part, "service", "write a unit such as kubelet.service")
    _refuse_unless(rf"{_PATH}\.conf", part, "file", "write an absolute path that ends with .conf: the kubelet reads no other")
    _refuse_unless(_PATH, part, "stateFolder", "write an absolute path of plain letters")
    try:
        kind = json.loads(part["content"])["kind"]
    except (ValueError, KeyError, TypeError):
        kind = None
    if kind != "KubeletConfiguration":
        raise _wrong("content", part["content"][:40], "write a KubeletConfiguration as JSON")


def folder(part: dict) -> str:
    """What `--config-dir` of the kubelet has to name."""
    return part["file"].rpartition("/")[0]


def cpu_settings(part: dict | None) -> list:
    """What the CPU manager's state stands on; empty where nothing is known of it."""
    return [json.loads(part["content"]).get(key) for key in _CPU_KEYS] if part else []


def policies(part: dict) -> dict[str, str]:
    """The policy that each manager's state has to name, by the name of its file."""
    asked = json.loads(part["content"])
    named = {CPU_STATE: asked.get("cpuManagerPolicy"), MEMORY_STATE: asked.get("memoryManagerPolicy")}
    return {name: policy for name, policy in named.items() if policy}


CPU_STATE, MEMORY_STATE = "cpu_manager_state", "memory_manager_state"


def _refuse_unless(pattern: str, part: dict, name: str, remedy: str) -> None:
    if not re.fullmatch(pattern, part[name]):
        raise _wrong(name, part[name], remedy)


def _wrong(name: str, value: object, remedy: str) -> Refused:
    return Refused(
        "the plan has a value that cannot be", where=f"plan.kubelet.{name}", value=repr(value), remedy=remedy
    )
