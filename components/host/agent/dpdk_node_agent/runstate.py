"""What is going on right now, in /run/dpdk-fleet: the lock, the request, the progress and the result of the worker.
All of it is gone after a reboot, and nothing that must survive one is kept here."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from typing import Any, Iterator

from .errors import AgentError
from .node import Node
from .polling import until
from .store import make_folders

FOLDER = "/run/dpdk-fleet"
_LOCK = f"{FOLDER}/lock"
_START_LOCK = f"{FOLDER}/start.lock"
_STARTING = "starting-service.json"

# Who holds the lock without being a worker; a worker holds it in the name of its plan.
BY_HAND, AT_BOOT = "by hand", "boot"


def is_worked_on(node: Node) -> bool:
    """Whether somebody holds the lock: a worker, or a verb that changes the node."""
    try:
        with open(node.place(_LOCK)) as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


@contextmanager
def changing(node: Node, run: str = "", plan: str = BY_HAND, seconds: float = 10) -> Iterator[None]:
    """Holds the node for one that changes it, and says who; an error where it is not to be had within `seconds`."""
    with _held(node, _LOCK, seconds):
        write(node, "worker.json", {"run": run, "plan": plan})
        yield


def holder(node: Node) -> str:
    """In whose name the lock was taken last: the hash of a worker's plan, BY_HAND or AT_BOOT."""
    found = read(node, "worker.json")
    return found["plan"] if found else ""


def starting(node: Node) -> Any:
    """Held while a worker is being started, so that two converges never start two."""
    return _held(node, _START_LOCK, 60)


@contextmanager
def _held(node: Node, path: str, seconds: float) -> Iterator[None]:
    make_folders(node, FOLDER, 0o700)
    with open(node.place(path), "w") as handle:
        if not until(lambda: _try(handle), seconds):
            raise AgentError(
                "another dpdk-node-agent changes this node", where=path, remedy="wait until it is done, then try again"
            )
        yield  # closing the file lets the lock go


def _try(handle: Any) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


@contextmanager
def starting_service(node: Node) -> Iterator[None]:
    """Held while the service is started by whoever holds the node: systemd starts the boot unit along with it, which
    must not wait for the same lock. All that it would put back is there by then."""
    write(node, _STARTING, {})
    try:
        yield
    finally:
        drop(node, _STARTING)


def is_starting_service(node: Node) -> bool:
    return is_worked_on(node) and read(node, _STARTING) is not None


def write(node: Node, name: str, value: Any) -> None:
    write_text(node, name, json.dumps(value) + "\n")


def write_text(node: Node, name: str, text: str) -> None:
    make_folders(node, FOLDER, 0o700)
    node.write_file(f"{FOLDER}/{name}", text, mode=0o600)


def drop(node: Node, name: str) -> None:
    if node.exists(f"{FOLDER}/{name}"):
        node.remove(f"{FOLDER}/{name}")


def read(node: Node, name: str) -> Any | None:
    text = node.read(f"{FOLDER}/{name}")
    return None if text is None else json.loads(text)
