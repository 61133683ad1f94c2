"""Which kernel arguments are the agent's. Noted before they are used, so that after a power cut neither the old nor the
new ones are taken for the operator's."""

from __future__ import annotations

from typing import NamedTuple

from .cmdline import without
from .deadline import parted
from .node import Node
from .store import drop_document, read_document, write_document

_DOCUMENT = "kernel-arguments.json"


class Owned(NamedTuple):
    """`now` is written for good; `before` may still be in the menu; `tried` may run without having been in the menu."""

    # Nothing changes these lists in place.
    now: list[str] = []
    before: list[str] = []
    tried: list[str] = []

    def in_menu(self) -> list[str]:
        """Every token of ours, as often as it may stand in the menu."""
        return self.now + without(self.before, self.now)

    def running(self) -> list[str]:
        """Every token of ours that may run."""
        return list(dict.fromkeys(self.in_menu() + self.tried))


    def operators(self, line: list[str]) -> list[str]:
        """A line without what is ours: behind the marks of a trial all that was tried, elsewhere what is written."""
        before, tried = parted(line)
        if tried is None:
            return without(line, self.in_menu())
        return before + [token for token in tried if token not in self.running()]


    def operators_since(self, line: list[str], before: list[str]) -> list[str]:
        """A line without what is ours, where `before` is what stood there at first: a token of the operator's stays."""
        if parted(line)[1] is not None:
            return self.operators(line)
        own = self.operators(before) if parted(before)[1] is not None else before
        return without(line, [token for token in self.in_menu() if line.count(token) > own.count(token)])


def owned(node: Node) -> Owned:
    return Owned(**(read_document(node, _DOCUMENT) or {}))


def note(node: Node, known: Owned) -> None:
    """Writes it down where it is not what is known already."""
    if owned(node) != known:
        write_document(node, _DOCUMENT, known._asdict())


def note_tried(node: Node, asked: list[str]) -> None:
    """Notes that the next boot may run with these."""
    known = owned(node)
    note(node, Owned(known.now, known.before, list(dict.fromkeys(known.tried + asked))))


def drop(node: Node) -> None:
    drop_document(node, _DOCUMENT)
