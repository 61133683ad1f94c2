"""What was there before. A value is saved once, before the first change, and stays until it has been put back;
so an apply that was killed and ran again never takes its own work for the original."""

from __future__ import annotations

import json
from typing import Any

from .node import Node

HOME = "/var/lib/dpdk-fleet"
# RFC 3986, 2.3: what percent-encoding leaves as it is.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _folder(stage: str) -> str:
    return f"{HOME}/saved/{stage}"


def _file(stage: str, key: str) -> str:
    return f"{_folder(stage)}/{quoted(key)}.json"


def make_folders(node: Node, absolute: str, mode: int = 0o755) -> list[str]:
    """Makes a folder and those above it that are missing; answers the ones it made, outermost first."""
    missing: list[str] = []
    here = absolute.rstrip("/")
    while here and not node.exists(here):
        missing.append(here)
        here = here.rpartition("/")[0]
    missing.reverse()
    for folder in missing:
        node.make_folder(folder, mode)
    return missing


def save_once(node: Node, stage: str, key: str, value: Any) -> None:
    """Keeps `value` as the original of `key`, unless one is kept already."""
    if node.exists(_file(stage, key)):
        return
    save(node, stage, key, value)


def save(node: Node, stage: str, key: str, value: Any) -> None:
    """Keeps `value` under `key`, whatever is kept there: for one file of many originals, of which some come or go."""
    make_folders(node, _folder(stage), 0o700)
    node.write_file(_file(stage, key), json.dumps(value, sort_keys=True), mode=0o600)


def saved(node: Node, stage: str) -> dict[str, Any]:
    """All originals of a stage, by key."""
    found: dict[str, Any] = {}
    for name in node.names(_folder(stage)):
        if name.endswith(".json") and not name.startswith("."):
            found[unquoted(name[: -len(".json")])] = json.loads(node.read(f"{_folder(stage)}/{name}") or "null")
    return found


def forget(node: Node, stage: str, key: str) -> None:
    """Drops an original that has been put back; the stage's folder goes with its last one."""
    node.remove(_file(stage, key))
    if not node.names(_folder(stage)):
        node.remove(_folder(stage))


def read_document(node: Node, name: str) -> Any | None:
    """A document of the agent's own (the plan, the state of a trial), or None."""
    text = node.read(f"{HOME}/{name}")
    return None if text is None else json.loads(text)


def write_document(node: Node, name: str, value: Any) -> None:
    make_folders(node, HOME, 0o700)
    node.write_file(f"{HOME}/{name}", json.dumps(value, indent=2) + "\n", mode=0o600)


def drop_document(node: Node, name: str) -> None:
    node.remove(f"{HOME}/{name}")


def quoted(key: str) -> str:
    """A key as the name of a file, as urllib.parse.quote(key, "") writes it. That module is a twentieth of a check."""
    return "".join(sign if sign in _PLAIN else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in key)


def unquoted(name: str) -> str:
    first, *others = name.split("%")
    return b"".join([first.encode(), *(bytes.fromhex(each[:2]) + each[2:].encode() for each in others)]).decode()
