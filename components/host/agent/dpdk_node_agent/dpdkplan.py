"""The part of a plan that has DPDK built from its source archive: what it may be, and what follows from it. Pure."""

from __future__ import annotations

import hashlib
import json
import re

from .errors import Refused

_RULES = {
    "version": (r"^[0-9]{2}\.[0-9]{2}(\.[0-9]{1,2})?$", "write a version such as 24.11.3"),
    "sha256": (r"^[0-9a-f]{64}$", "write the archive's SHA-256 in 64 lowercase digits"),
    "url": (
        r"^(https://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+|(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$",
        "write an https:// address, or the absolute path of a file on the node",
    ),
}
_OPTION = r"^-D[a-z][a-z_0-9]*=[A-Za-z0-9_,/.*+-]*$"
# doc.dpdk.org, "Stable Releases and Long Term Support", and the last tags of dpdk-stable: 22.11.11 (2025-12-24) was the
# last of 22.11, and the next older branches had ended before.
_FIRST_MAINTAINED = (23, 11)


def refuse_unsafe(plan: dict) -> None:
    """Refuses what would mean something else on a command line or in a file."""
    part = plan.get("dpdk")
    if not part:
        return
    for name, (pattern, remedy) in _RULES.items():
        if not re.match(pattern, part[name]):
            raise Refused("the plan's DPDK cannot be", where=f"dpdk.{name}", value=repr(part[name]), remedy=remedy)
    for option in part["options"]:
        if not re.match(_OPTION, option):
            raise Refused(
                "this is no option of meson", where="dpdk.options", value=repr(option), remedy="write -Dname=value"
            )


def prefix(part: dict) -> str:
    """Where it is installed: a folder of its own, so that it is taken away as a whole and mixes with nothing."""
    return f"/opt/dpdk-{part['version']}"


def mark(part: dict) -> dict:
    """What the installed files depend on."""
    return {name: part[name] for name in ("version", "sha256", "options")}


def name_of(part: dict) -> str:
    """A short name for what is built."""
    return hashlib.sha256(json.dumps(mark(part), sort_keys=True).encode()).hexdigest()[:12]


def remark(part: dict) -> str:
    """What a person should know of the version, after a semicolon; nothing where it is maintained."""
    branch = tuple(int(number) for number in part["version"].split(".")[:2])
    if branch >= _FIRST_MAINTAINED:
        return ""
    return f"; {part['version'][:5]} gets no corrections any more, 24.11 and 25.11 do"
