"""Kernel arguments that have proved themselves are written for good, and the trial's traces go."""

from __future__ import annotations

from . import deadline, ownedarguments, trial
from .bootloader import forgood, grub, oneshot
from .bootloader.detect import GRUB_CONFIG
from .cmdline import lacking, remains
from .errors import AgentError
from .node import Node
from .ownedarguments import Owned
from .store import saved


def is_promoted(node: Node, asked: list[str], ours: list[str]) -> bool:
    """Whether the default entry has what is asked, our file says exactly that, and no trace of a trial is left."""
    return not _menu_fault(node, asked) and forgood.is_written(node, ours) and not has_traces(node)


def has_traces(node: Node) -> bool:
    """Whether something of a trial is still there: its entry, its units, its open record."""
    return bool(saved(node, deadline.STAGE)) or oneshot.is_there(node) or trial.remembered(node).trial is not None


def promote(node: Node, asked: list[str], ours: list[str]) -> None:
    """Writes the arguments for good. The running kernel has them."""
    deadline.stop(node)
    if _menu_fault(node, asked) or not forgood.is_written(node, ours):
        _write(node, asked, ours)
    ownedarguments.note(node, Owned(now=ours))
    oneshot.remove(node)
    deadline.remove(node)
    trial.succeed(node, asked)


def _write(node: Node, asked: list[str], ours: list[str]) -> None:
    """Settings first, then the menu that comes of them is looked at, and only a right one takes the place of the
    old."""
    known = ownedarguments.owned(node)
    ownedarguments.note(node, Owned(ours, known.in_menu(), known.tried))
    forgood.write_settings(node, ours)
    menu = forgood.generated(node)
    fault = _menu_fault(node, asked, menu)
    if fault:
        forgood.write_settings(node, known.now)
        ownedarguments.note(node, known)
        raise AgentError(
            "the generated default entry is not the asked one, so nothing was written",
            where=GRUB_CONFIG,
            value=fault,
            remedy="look at /etc/grub.d and at the files of /etc/default/grub.d",
        )
    forgood.install_menu(node, menu)


def _menu_fault(node: Node, asked: list[str], menu: str | None = None) -> str:
    arguments = grub.default_entry(node, menu).arguments()
    missing = lacking(arguments, asked)
    if missing:
        return f"no {' '.join(missing)} in it"
    kept = remains(arguments, asked, ownedarguments.owned(node).in_menu())
    return f"still {' '.join(kept)} in it" if kept else ""
