"""The entries of loader/entries changed token by token: ours added and taken out, every other byte left, and put back.

They are written by the agent itself and not with `grubby --update-kernel=ALL`, which (grubby-bls 8.40) changes rescue
entries too, fills a missing /etc/kernel/cmdline from the last entry of all, puts values where $kernelopts stood, takes
`.` and `+` in an argument for a regular expression, and does not wait for the disk. What it makes of a normal entry is
the same line."""

from __future__ import annotations

import base64

from ..cmdline import conflicts, fault_of, owned_of
from ..node import Node
from ..ownedarguments import Owned
from ..store import forget, save_once, saved
from .entry import BootEntry, with_options


def read(node: Node, stage: str, folder: str, variables: dict[str, str]) -> list[BootEntry]:
    """Every entry in a folder, with what it was before the agent changed it."""
    kept = saved(node, stage)
    found = []
    for name in node.names(folder):
        if name.endswith(".conf") and not name.startswith("."):
            entry = BootEntry(f"{folder}/{name}", node.read(f"{folder}/{name}") or "", variables)
            original = kept.get(entry.id())
            before = base64.b64decode(original["text"]).decode(errors="surrogateescape") if original else None
            found.append(BootEntry(entry.path, entry.text, variables, before))
    return found


def same_system(entries: list[BootEntry], default: BootEntry) -> list[BootEntry]:
    """The entries that may boot instead of the default one: its own system's, neither rescue nor a trial."""
    return [
        entry
        for entry in entries
        if entry.kernel() and entry.root() == default.root() and not entry.is_rescue() and not entry.is_trial()
    ]


def conflict(entries: list[BootEntry], asked: list[str], known: Owned) -> tuple[str, list[str]] | None:
    """The first entry whose own tokens stand for something else than what is asked."""
    for entry in entries:
        wrong = conflicts(asked, entry.expanded(entry.operators(known)))
        if wrong:
            return entry.path, wrong
    return None


def fault(entries: list[BootEntry], asked: list[str], known: Owned) -> str:
    """What the first wrong entry lacks, or still has of ours or of a trial."""
    for entry in entries:
        theirs = entry.operators(known)
        wrong = fault_of(entry.arguments(), asked, [token for token in known.in_menu() if token not in theirs])
        if not wrong and entry.is_marked():
            wrong = "the marks of a trial in it"
        if wrong:
            return f"{wrong} ({entry.id()})"
    return ""


def write(node: Node, stage: str, entries: list[BootEntry], known: Owned) -> None:
    """Puts what is ours now into each entry in place of all that was; the original is kept under the entry's name."""
    for entry in entries:
        theirs = entry.operators(known)
        line = theirs + owned_of(known.now, entry.expanded(theirs))
        if line != entry.written():
            mode, uid, gid = node.mode_and_owner(entry.path)
            save_once(node, stage, entry.id(), {"text": base64.b64encode(_bytes(entry.text)).decode()})
            node.write_file(entry.path, with_options(entry.text, line), mode, uid, gid)


def put_back(node: Node, stage: str, entries: list[BootEntry], known: Owned) -> list[str]:
    """Every entry without ours; byte for byte where nothing else has changed in it. Kernels that came since count
    too."""
    done = []
    for entry in entries:
        line = entry.operators(known)
        if line != entry.written():
            text = with_options(entry.text, line)
            if entry.before is not None and _words(entry.before) == _words(text):
                text = entry.before
            node.write_file(entry.path, text, *node.mode_and_owner(entry.path))
            done.append(f"{entry.path}: our kernel arguments are taken out")
    for name in saved(node, stage):
        forget(node, stage, name)
    return done


def _words(text: str) -> list[list[str]]:
    return [row.split() for row in text.splitlines() if row.strip()]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
