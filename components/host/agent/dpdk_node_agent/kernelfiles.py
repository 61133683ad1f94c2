"""Values of the kernel's own files that a stage sets and gives back. All originals of a stage lie in one file: a server
has hundreds (an IRQ each, the idle states of every CPU), and whatever the agent keeps is synced to the disk."""

from __future__ import annotations

from typing import Callable, Iterable, NamedTuple, Optional

from .errors import AgentError
from .node import Node
from .stage import Finding, absent, ok, partial
from .store import forget, save, saved
from .sysfs import value

# How a value is read in the form in which it is written.
Read = Callable[[Node, str], Optional[str]]
_KEY = "values"


class Setting(NamedTuple):
    """A file of the kernel's, what it says, and what it is to say."""

    path: str
    called: str
    now: str
    text: str

    def is_so(self) -> bool:
        return self.now == self.text


def check(node: Node, stage: str, settings: list[Setting], nothing: str) -> Finding:
    """`nothing` is said where there is no setting: not asked for, or not there on this machine."""
    wrong = [f"{setting.called} is {setting.now}" for setting in settings if not setting.is_so()]
    obsolete = [f"{path}: set for an earlier plan" for path in obsolete_of(node, stage, settings)]
    if not wrong and not obsolete:
        return ok(_said([f"{setting.called} is {setting.text}" for setting in settings]) if settings else nothing)
    return absent(_said(wrong)) if len(wrong) == len(settings) and not obsolete else partial(_said(wrong + obsolete))


def apply(node: Node, stage: str, settings: list[Setting], read: Read = value) -> None:
    """Also what is right already is remembered: its originals say that the stage is at work, so it is after a boot."""
    put_back(node, stage, obsolete_of(node, stage, settings), read)
    remember(node, stage, {setting.path: setting.now for setting in settings})
    for setting in settings:
        if setting.is_so():
            continue
        node.write_value(setting.path, setting.text)
        now = read(node, setting.path)
        if now != setting.text:
            raise AgentError(
                f"the kernel made something else of {setting.text!r}",
                where=setting.path,
                value=str(now),
                remedy="ask for a value that the kernel keeps",
            )


def revert(node: Node, stage: str, read: Read = value) -> list[str]:
    return put_back(node, stage, originals(node, stage), read)


def explain(node: Node, stage: str, settings: list[Setting]) -> list[str]:
    lines = [f"put {path} back as it was" for path in obsolete_of(node, stage, settings)]
    wrong = [setting for setting in settings if not setting.is_so()]
    return lines + [f"set {setting.called} to {setting.text}, now {setting.now}" for setting in wrong]


def originals(node: Node, stage: str, key: str = _KEY) -> dict[str, str]:
    return saved(node, stage).get(key) or {}


def remember(node: Node, stage: str, values: dict[str, str], key: str = _KEY) -> None:
    """Keeps these as originals, except of files that have one."""
    known = originals(node, stage, key)
    merged = {**values, **known}
    if merged != known:
        save(node, stage, key, merged)


def obsolete_of(node: Node, stage: str, settings: list[Setting], key: str = _KEY) -> list[str]:
    wanted = {setting.path for setting in settings}
    return [path for path in originals(node, stage, key) if path not in wanted]


def put_back(node: Node, stage: str, paths: Iterable[str], read: Read, key: str = _KEY) -> list[str]:
    """Writes the originals of these files where they say something else, and forgets them. One that the kernel refuses
    by now (a governor of another driver) is forgotten too: the next boot has the kernel's own value anyway."""
    known, gone = originals(node, stage, key), set(paths)
    if not gone:
        return []
    done = []
    for path in sorted(gone):
        now = read(node, path)
        if now is not None and now != known[path]:
            done.append(_write_back(node, path, known[path], now))
    left = {path: text for path, text in known.items() if path not in gone}
    if left:
        save(node, stage, key, left)
    else:
        forget(node, stage, key)
    return done


def _write_back(node: Node, path: str, before: str, now: str) -> str:
    try:
        node.write_value(path, before)
    except AgentError:
        return f"reboot: {path} stays {now}: the kernel refuses {before}, as it was before"
    return f"{path}: {before} as before"


def _said(parts: list[str]) -> str:
    """A line that a person can read: of many alike the first few."""
    more = len(parts) - 4
    return ", ".join(parts[:4]) + (f" and {more} more" if more > 0 else "")
