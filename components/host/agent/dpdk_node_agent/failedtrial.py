"""Why a trial boot failed, as far as the node can tell afterwards."""

from __future__ import annotations

from . import deadline
from .bootloader import detect
from .node import Node
from .trial import Trial, is_running, mark

_PSTORE = ("/sys/fs/pstore", "/var/lib/systemd/pstore")


def why(node: Node, failed: Trial, lacks: list[str]) -> str:
    """One line: what is known of the boot that was tried."""
    if is_running(node, failed):
        return f"the trial kernel runs without {' '.join(lacks)}; it is left at its deadline"
    for shot in detect.one_shots(node):
        if shot.is_there(node) and shot.is_asked(node):
            return shot.NOT_TAKEN
    if deadline.passed(node):
        return "the trial kernel started systemd, but nothing reached it over SSH before its deadline"
    return f"the trial kernel panicked, hung or lost power before its deadline; {_last_words(node, failed)}"


def _last_words(node: Node, failed: Trial) -> str:
    for folder in _PSTORE:
        for name in reversed(node.names(folder)):
            lines = [line for line in (node.read(f"{folder}/{name}") or "").splitlines() if "panic" in line.lower()]
            if lines:
                return f"{folder}/{name} says: {lines[-1].strip()}"
    journal = node.ask("journalctl", "-b", "-1", "-k", "-o", "cat", "--no-pager").out
    if mark(failed.asked) in journal:
        return f"its journal ends with: {journal.strip().splitlines()[-1]}"
    return "it left no journal, so it ended before the root file system was writable"
