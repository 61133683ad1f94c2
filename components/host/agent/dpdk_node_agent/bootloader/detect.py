"""Which boot loader a node has, and how it can boot an entry exactly once."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..cmdline import tokens
from ..errors import Refused
from ..node import Node
from ..secureboot import secure_boot
from ..store import HOME
from . import efi

_BLS, _SYSTEMD_BOOT = "GRUB with boot loader specification entries", "systemd-boot"
_LOADERS = {"grub": "grub", _BLS: "bls", _SYSTEMD_BOOT: "systemdboot"}
_ONE_SHOTS = {"grub": "grubonce", _BLS: "blsonce", _SYSTEMD_BOOT: "systemdbootonce"}
# What each way to boot once keeps in the agent's memory while something of it is there: a check loads no other.
_TRACES = {
    "grubonce": ("kernel-arguments", "kernel-arguments-environment"),
    "blsonce": ("kernel-arguments-bls-trial", "kernel-arguments-bls-environment"),
    "bootnext": ("kernel-arguments-bootnext",),
    "systemdbootonce": ("kernel-arguments-systemd-boot-trial",),
}
# What no machine of the lab has, by the name under which a fleet file accepts it.
_UNPROVED = {_BLS: "bls", _SYSTEMD_BOOT: "systemd-boot"}


def loader_of(node: Node, plan: dict) -> ModuleType | None:
    """The boot loader that the agent may write to; None where arguments are set by hand only."""
    kind = kind_of(node)
    if kind not in _LOADERS or _is_unaccepted(kind, plan):
        return None
    return _module(_LOADERS[kind])


def refuse(node: Node, plan: dict) -> None:
    """Refuses a node to whose boot loader the agent may not write. Changes nothing."""
    kind = kind_of(node)
    if _is_unaccepted(kind, plan):
        raise Refused(
            "kernel arguments for this boot loader were proved against recorded files only, never on a running machine",
            where="the boot loader",
            value=kind,
            remedy=f"accept that with acceptUnproved: [{_UNPROVED[kind]}] in the fleet file, or set the "
            "arguments by hand; a node that runs them already needs no trial",
        )
    raise Refused(
        "kernel arguments cannot be tried with this boot loader",
        where="the boot loader",
        value=kind,
        remedy=_REMEDIES.get(kind, _BY_HAND),
    )


_BY_HAND = "set the arguments by hand; a node that runs them already needs no trial"
_REMEDIES = {
    "ostree": "set them with `rpm-ostree kargs` or, for bootc, in /usr/lib/bootc/kargs.d of the image; "
    "a node that runs them already needs no trial"
}


def one_shot_of(node: Node, loader: ModuleType) -> ModuleType:
    """How this boot loader boots an entry once. Where GRUB cannot, the firmware may."""
    shot = _module(_ONE_SHOTS[loader.KIND])
    if loader.KIND != _SYSTEMD_BOOT and efi.is_booted(node) and shot.impossible_because(node):
        return _module("bootnext")
    return shot


def loaders() -> list[ModuleType]:
    """All of them: what is put back does not depend on what the node has become since."""
    return [_module(name) for name in _LOADERS.values()]


def one_shots(node: Node) -> list[ModuleType]:
    """The ways to boot once that may have left something, whatever the node has become since."""
    kept = set(node.names(f"{HOME}/saved"))
    return [_module(name) for name, folders in _TRACES.items() if kept & set(folders)]


def describe(node: Node) -> dict:
    """The boot loader as the facts show it: kind, config, environmentWritable, oneShot, reason."""
    kind = kind_of(node)
    found = {"kind": kind, "config": None, "environmentWritable": False, "oneShot": None}
    if kind not in _LOADERS:
        return {**found, "reason": f"{kind} is not supported"}
    if kind == _SYSTEMD_BOOT:
        return {**found, "oneShot": _ONE_SHOTS[kind], "reason": ""}
    once = _module(_ONE_SHOTS[kind])
    reason = once.impossible_because(node)
    by_firmware = "bootnext" if efi.is_booted(node) and not secure_boot(node) else None
    found["oneShot"] = by_firmware if reason else _ONE_SHOTS[kind]
    return {**found, "config": once.CONFIG, "environmentWritable": not reason, "reason": reason}


def kind_of(node: Node) -> str:
    """grub, or the name of what was found instead."""
    if node.exists("/run/ostree-booted") or any(
        token.startswith("ostree=") for token in tokens(node.read("/proc/cmdline") or "")
    ):
        return "ostree"
    if "systemd-boot" in efi.text_variable(node, "LoaderInfo"):
        return _SYSTEMD_BOOT
    if node.exists("/boot/grub2/grub.cfg") or any(
        name.endswith(".conf") for name in node.names("/boot/loader/entries")
    ):
        return _BLS if "blscfg" in (node.read("/boot/grub2/grub.cfg") or "blscfg") else "GRUB 2 with a generated menu"
    if node.exists("/boot/grub/grub.cfg"):
        return "grub"
    if node.exists("/boot/loader/loader.conf") or node.exists("/boot/efi/loader/loader.conf"):
        return _SYSTEMD_BOOT
    return "no known boot loader"


def _is_unaccepted(kind: str, plan: dict) -> bool:
    return kind in _UNPROVED and _UNPROVED[kind] not in (plan.get("acceptUnproved") or [])


def _module(name: str) -> ModuleType:
    """Loaded when it is needed: a check does not pay for the others."""
    return import_module(f".{name}", __package__)
