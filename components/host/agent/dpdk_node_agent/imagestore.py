"""The images on a node: in podman's store, or as releases below /opt/pantheonchain. What we brought goes again.

A key names one: `podman REGISTRY/REPOSITORY@DIGEST`, or `native DIGEST`. Nothing here is reached over the network where
the image is there."""

from __future__ import annotations

import json
import os

from . import folders
from .errors import AgentError, Refused
from .node import Node
from .ownedfiles import remember, restore_one
from .reference import Reference, parse
from .serviceplan import PODMAN, PODMAN_PROGRAM
from .store import forget, save_once, saved

STAGE = "image"
RELEASES = "/opt/pantheonchain/releases"
# For people: the program of the release that runs.
LINK = "/opt/pantheonchain/bin"
PROGRAM = "bin/pantheon-node"
LOGINS = "/etc/pantheonchain/registry-auth.json"

_STORAGE = "/var/lib/containers/storage"
# podman, where it makes its networks by CNI, makes it when it first runs, with its folder, and never takes it away.
PODMAN_LOCK = "/etc/cni/net.d/cni.lock"
_IMAGES = f"{_STORAGE}/overlay-images"
_STORAGE_OWNER = "image.storage"
_LOCK_OWNER = "image.lock"
_LINK_OWNER = "image.link"
# podman's start alone takes 1 s and more under emulation; a lock of another podman is waited for.
_PODMAN_SECONDS = 120
# An image of 20 MiB over a line of 1 Mbit/s takes 160 s.
_PULL_SECONDS = 600
# GOARCH, as images name machines, by uname.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def key(plan: dict) -> str:
    """The image of a plan that has a service."""
    found = parse(plan["image"]["reference"])
    return f"{PODMAN} {plan['image']['reference']}" if _by_podman(plan) else f"native {found.digest}"


def program(plan: dict) -> str:
    """The program of a plan whose runtime is native."""
    return f"{RELEASES}/{parse(plan['image']['reference']).short}/{PROGRAM}"


def is_there(node: Node, name: str) -> bool:
    runtime, _, what = name.partition(" ")
    if runtime == PODMAN:
        # What the list lacks, podman may have elsewhere (another graphroot, another driver): only podman says no.
        if _is_listed(node, what):
            return True
        return _may_ask(node) and node.ask("podman", "image", "exists", what, timeout=_PODMAN_SECONDS).code == 0
    return node.exists(f"{_release(what)}/{PROGRAM}")


def _is_listed(node: Node, reference: str) -> bool:
    """Whether podman's own list of images has it, with its manifest: a check need not start podman, which takes 2 s under
    emulation (containers-storage, overlay-images/images.json)."""
    try:
        images = json.loads(node.read(f"{_IMAGES}/images.json") or "[]")
        found = [image["id"] for image in images if reference in (image.get("names") or [])]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return any(node.exists(f"{_IMAGES}/{image}/manifest") for image in found)


def _may_ask(node: Node) -> bool:
    """Whether all that podman makes when it first runs is there, or remembered as missing: a check leaves nothing."""
    has_store = node.exists(_STORAGE) or bool(folders.made(node, _STORAGE_OWNER))
    return has_store and (node.exists(PODMAN_LOCK) or bool(saved(node, _LOCK_OWNER)))


def _remember_first_run(node: Node) -> None:
    folders.remember(node, _STORAGE_OWNER, _STORAGE)
    if not node.exists(PODMAN_LOCK):
        remember(node, _LOCK_OWNER, PODMAN_LOCK)


def bring(node: Node, plan: dict) -> None:
    """Brings the image of a plan from its registry; one that is there already is not ours and stays so."""
    if _by_podman(plan):
        refuse_without_podman(node)
        _remember_first_run(node)
    name, reference = key(plan), parse(plan["image"]["reference"])
    if is_there(node, name):
        return
    login = node.read(LOGINS)
    if _by_podman(plan):
        save_once(node, STAGE, name, None)
        options = ["--tls-verify=false"] if plan["image"]["plainHttp"] else []
        options += [f"--authfile={LOGINS}"] if login is not None else []
        node.run("podman", "pull", "--quiet", *options, plan["image"]["reference"], timeout=_PULL_SECONDS)
    else:
        save_once(node, STAGE, name, None)
        _unpack_release(node, plan, reference, login)


def refuse_without_podman(node: Node) -> None:
    if not node.exists(PODMAN_PROGRAM):
        raise Refused(
            "podman is not installed, and the service is to run in it",
            where=PODMAN_PROGRAM,
            remedy="name podman under packages, or take the runtime native",
        )


def is_touched(node: Node) -> bool:
    """Whether anything is there that give_back would take away."""
    owners = (STAGE, f"{STAGE}.folders", f"{_STORAGE_OWNER}.folders", _LOCK_OWNER)
    return any(saved(node, owner) for owner in owners)


def brought(node: Node) -> list[str]:
    return list(saved(node, STAGE))


def unused(node: Node, used: list[str]) -> list[str]:
    """The images that we brought and that are none of these."""
    return [name for name in brought(node) if name not in used]


def remove(node: Node, name: str) -> str:
    """Removes an image that we brought."""
    runtime, _, what = name.partition(" ")
    if runtime == PODMAN:
        if node.exists(PODMAN_PROGRAM) and is_there(node, name):
            try:
                node.run("podman", "rmi", what, timeout=_PODMAN_SECONDS)
            except AgentError as failed:
                if "in use" not in failed.value and "used by" not in failed.value:
                    raise
                forget(node, STAGE, name)
                return f"image {what}: kept, a container of somebody else's uses it by now"
    else:
        for place in (_release(what), _incoming(what)):
            folders.remove_tree(node, place)
        node.remove(_layer(what))
    forget(node, STAGE, name)
    return f"image {what}: removed"


def points_right(node: Node, plan: dict) -> bool:
    """Whether the link for people shows what the plan runs; one that is not ours is left alone."""
    return _is_foreign(node) or _target(node) == _wanted(plan)


def point(node: Node, plan: dict) -> None:
    """Makes the link for people, or takes it away where the program runs in a container."""
    if points_right(node, plan):
        return
    if _wanted(plan) is None:
        remove_link(node)
        return
    save_once(node, _LINK_OWNER, LINK, None)
    node.link(LINK, str(_wanted(plan)))


def has_link(node: Node) -> bool:
    """Whether the link for people is ours."""
    return bool(saved(node, _LINK_OWNER))


def remove_link(node: Node) -> None:
    if saved(node, _LINK_OWNER):
        node.remove(LINK)
        forget(node, _LINK_OWNER, LINK)


def give_back(node: Node) -> list[str]:
    """Everything that we brought, and the folders that had to be made for it."""
    done = [remove(node, name) for name in brought(node)]
    folders.give_back(node, STAGE)
    done += _give_storage_back(node)
    return done + _give_lock_back(node)


def _by_podman(plan: dict) -> bool:
    return plan["service"]["runtime"] == PODMAN


def _release(digest: str) -> str:
    return f"{RELEASES}/{digest.partition(':')[2][:12]}"


def _incoming(digest: str) -> str:
    return f"{RELEASES}/.{digest.partition(':')[2][:12]}.incoming"


def _layer(digest: str) -> str:
    return f"{RELEASES}/.{digest.partition(':')[2][:12]}.layer"


def _unpack_release(node: Node, plan: dict, reference: Reference, login: str | None) -> None:
    """The release appears in one step, when all of it is on the disk."""
    from .layers import unpack  # what only this needs is not loaded by every check
    from .registry import Registry, login_of

    release, incoming, layer = (each(reference.digest) for each in (_release, _incoming, _layer))
    folders.make(node, STAGE, RELEASES)
    folders.remove_tree(node, incoming)
    node.make_folder(incoming)
    registry = Registry(reference, plan["image"]["plainHttp"], login_of(login, reference) if login else None)
    for descriptor in registry.layers(_ARCHITECTURES.get(os.uname().machine, os.uname().machine)):
        node.write_stream(layer, registry.blob(descriptor["digest"]), 0o600)
        unpack(node, layer, incoming)
    node.remove(layer)
    if not os.access(node.place(f"{incoming}/{PROGRAM}"), os.X_OK):
        raise AgentError(
            "the image has no program of ours", where=f"/opt/pantheonchain/{PROGRAM}", remedy="name another image"
        )
    node.rename(incoming, release)


def _wanted(plan: dict) -> str | None:
    return None if _by_podman(plan) else program(plan).rpartition("/")[0]


def _target(node: Node) -> str | None:
    try:
        return os.readlink(node.place(LINK))
    except OSError:
        return None


def _is_foreign(node: Node) -> bool:
    return node.exists(LINK) and not saved(node, _LINK_OWNER)


def _give_storage_back(node: Node) -> list[str]:
    """podman's store, where there was none before us and nothing is in it any more."""
    made = folders.made(node, _STORAGE_OWNER)
    if not made:
        return []
    done = []
    if node.exists(PODMAN_PROGRAM) and node.exists(made[-1]):
        if any(node.ask("podman", *words, timeout=_PODMAN_SECONDS).out.strip() for words in _CONTENTS):
            done.append(f"{_STORAGE}: kept, somebody else's images, containers or volumes are in it by now")
        else:
            done.append(_reset_storage(node, made[-1]))
    for folder in made:
        forget(node, f"{_STORAGE_OWNER}.folders", folder)
    return done


def _give_lock_back(node: Node) -> list[str]:
    """Last, because every podman that runs makes it anew; one that is not empty is none of podman's."""
    done = []
    for path, original in saved(node, _LOCK_OWNER).items():
        if node.read(path):
            forget(node, _LOCK_OWNER, path)
            done.append(f"{path}: kept, there is something in it")
        else:
            was_made = node.exists(path)  # a podman that makes its networks by netavark has none
            said = restore_one(node, _LOCK_OWNER, path, original)
            done += [said] if was_made else []
    return done


_CONTENTS = (("images", "--all", "--quiet"), ("ps", "--all", "--quiet", "--external"), ("volume", "ls", "--quiet"))


def _reset_storage(node: Node, outermost: str) -> str:
    node.run("podman", "system", "reset", "--force", timeout=_PODMAN_SECONDS)
    try:
        folders.remove_tree(node, outermost)
    except OSError as busy:  # a mount of podman's that only a reboot takes away
        return f"reboot: {outermost} is empty and still mounted ({busy.strerror})"
    return f"{outermost}: removed, it was not there before"
