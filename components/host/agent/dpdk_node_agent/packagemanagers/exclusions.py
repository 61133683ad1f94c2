"""How dnf and yum hold a package: the list of excluded packages in the [main] section of their configuration.

`exclude=` (dnf calls it excludepkgs too) works without a plugin in yum 3, dnf 4 and dnf 5, and in their automatic
upgrades; versionlock is a package of its own that many nodes do not have. Only our words are added and taken out."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ..node import Node
from ..store import forget, save_once, saved

STAGE = "package-holds"
_EXCLUDE = re.compile(r"^(exclude|excludepkgs)[ \t]*[=:]")


def held(node: Node, path: str, names: list[str]) -> set[str]:
    """Those of these names that a word of the list stands for."""
    words = _words(_split(node.read(path) or "")[1])
    return {name for name in names if name in words or any(fnmatchcase(name, word) for word in words)}


def hold(node: Node, path: str, names: list[str]) -> None:
    """Adds words; what the option was before is saved first."""
    text = node.read(path)
    before, option, after = _split(text or "[main]\n")
    save_once(node, STAGE, path, None if text is None else "".join(option))
    words = _words(option)
    _write(node, path, [*before, _line([*words, *(name for name in names if name not in words)]), *after])


def release(node: Node, path: str, names: list[str]) -> None:
    """Takes words out. Where none but those of before are left, the option is written as it was."""
    before, option, after = _split(node.read(path) or "")
    words = [word for word in _words(option) if word not in names]
    if path not in saved(node, STAGE):
        return
    original = saved(node, STAGE)[path]
    if words == _words((original or "").splitlines(keepends=True)):
        rest = [*before, original or "", *after]
        if original is None and "".join(rest) == "[main]\n":
            node.remove(path)
        else:
            _write(node, path, rest)
        forget(node, STAGE, path)
    else:
        _write(node, path, [*before, _line(words), *after])


def _split(text: str) -> tuple[list[str], list[str], list[str]]:
    """The lines before the option, of it, and after it; where there is none, it would stand right after [main].

    Of several the last counts. A line that is indented goes on with the one before it."""
    lines = text.splitlines(keepends=True)
    section, start, end = "", None, 0
    for index, line in enumerate(lines):
        if line.startswith("["):
            section = line.strip()
            if section == "[main]" and start is None:
                start = end = index + 1
        elif section == "[main]" and _EXCLUDE.match(line):
            start = index
            end = next((i for i in range(index + 1, len(lines)) if not re.match(r"[ \t]+\S", lines[i])), len(lines))
    if start is None:
        return [*lines, "[main]\n"], [], []
    return lines[:start], lines[start:end], lines[end:]


def _words(option: list[str]) -> list[str]:
    """They are separated by commas or blanks."""
    text = "".join(option)
    return [word for word in re.split(r"[\s,]+", text.partition("=")[2] or text.partition(":")[2]) if word]


def _line(words: list[str]) -> str:
    return f"exclude={' '.join(words)}\n" if words else ""


def _write(node: Node, path: str, lines: list[str]) -> None:
    node.write_file(path, "".join(lines), *node.mode_and_owner(path, 0o644))
