"""Packages that no upgrade may change: DPDK, which a service was built against, and the kernel where modules matter
that only this one has. What was held before us stays held after us."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Iterator

from . import packagemanagers
from .errors import AgentError
from .node import Node
from .store import drop_document, read_document, write_document

_DOCUMENT = "package-holds.json"


def ours(node: Node) -> list[str]:
    """What we hold and was not held before."""
    return read_document(node, _DOCUMENT) or []


def wrong(node: Node, manager: ModuleType, plan: dict) -> list[str]:
    """What differs from the plan, a text each."""
    asked = _asked(node, manager, plan)
    loose = _loose(node, manager, asked)
    left = [name for name in ours(node) if name not in asked]
    found = [f"not held: {' '.join(loose)}"] if loose else []
    return found + ([f"held for an earlier plan: {' '.join(left)}"] if left else [])


def apply(node: Node, manager: ModuleType, plan: dict) -> None:
    asked = _asked(node, manager, plan)
    left = [name for name in ours(node) if name not in asked]
    if left:
        manager.release(node, left)
        _note(node, [name for name in ours(node) if name in asked])
    loose = _loose(node, manager, asked)
    if loose:
        _note(node, sorted({*ours(node), *loose}))
        manager.hold(node, loose)


def give_back(node: Node) -> list[str]:
    """Lets go what we hold."""
    names, manager = ours(node), packagemanagers.of(node)
    if not names or manager is None:
        return []
    manager.release(node, names)
    drop_document(node, _DOCUMENT)
    return [f"packages not held any more: {' '.join(names)}"]


@contextmanager
def let_go(node: Node, manager: ModuleType) -> Iterator[None]:
    """For an installation, in whose way our own holds would be. One that fails leaves them as they were."""
    names = ours(node)
    give_back(node)
    try:
        yield
    except AgentError:
        if names:
            _note(node, names)
            with suppress(AgentError):  # what could not be held the next check sees; the reason is the installation
                manager.hold(node, names)
        raise


def explain(node: Node, manager: ModuleType, plan: dict) -> list[str]:
    asked = _asked(node, manager, plan)
    loose = _loose(node, manager, asked)
    left = [name for name in ours(node) if name not in asked]
    lines = [f"hold {' '.join(loose)} as they are in every upgrade"] if loose else []
    return lines + ([f"let go: {' '.join(left)}"] if left else [])


def remarks(node: Node, manager: ModuleType, plan: dict, packages: list[str]) -> list[str]:
    """What upgrades by itself, and what it may change."""
    free = [name for name in packages if name not in (plan.get("holdPackages") or [])]
    by = manager.upgrades_by_itself(node) if free else None
    return [f"{by} may change {' '.join(free)}: holdPackages keeps them"] if by else []


def _asked(node: Node, manager: ModuleType, plan: dict) -> list[str]:
    kernel = manager.kernel_packages(node) if plan.get("holdKernel") else []
    return list(dict.fromkeys([*(plan.get("holdPackages") or []), *kernel]))


def _loose(node: Node, manager: ModuleType, asked: list[str]) -> list[str]:
    there = manager.held(node, asked) if asked else set()
    return [name for name in asked if name not in there]


def _note(node: Node, names: list[str]) -> None:
    write_document(node, _DOCUMENT, names)
