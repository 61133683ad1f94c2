"""What kernels to come inherit: /etc/kernel/cmdline, which kernel-install reads, and GRUB_CMDLINE_LINUX in
/etc/default/grub, which grub2-mkconfig writes into every entry (--update-bls-cmdline since RHEL 9.3, always before)."""

from __future__ import annotations

import base64
import re
import stat
from typing import Tuple

from ..cmdline import conflicts, lacking, owned_of, remains, tokens, without
from ..deadline import without_marks
from ..node import Node
from ..ownedfiles import restore_one, write_owned
from ..store import forget, saved

Files = Tuple[str, ...]
CMDLINE = "/etc/kernel/cmdline"
DEFAULTS = "/etc/default/grub"
_COMMENT = "# dpdk-node-agent: the line below is its own, and goes with it"
_NAME = "GRUB_CMDLINE_LINUX"
_ASSIGNMENT = re.compile(rf"""^[ \t]*{_NAME}=("(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s"']*))""", re.MULTILINE)
# How a shell file names what the variable has had so far.
_BEFORE = re.compile(rf"\$(?:{_NAME}\b|\{{{_NAME}(?::-)?\}})")


def faults(node: Node, stage: str, files: Files, now: list[str], ours: list[str]) -> list[str]:
    """The files that kernels to come would inherit something else from than `now`, our older tokens left out."""
    found = []
    for path in files:
        if not node.exists(path):
            found += [path] if path == CMDLINE and now else []
            continue
        line, theirs = _say(path, node.read(path) or ""), _operators(node, stage, path, ours)
        mine = [token for token in ours if token not in theirs]
        if lacking(line, now) or remains(line, now, mine) or without_marks(line) != line:
            found.append(path)
    return found


def conflict(node: Node, stage: str, files: Files, asked: list[str], ours: list[str]) -> tuple[str, list[str]] | None:
    """The operator's own tokens in these files that stand for something else than what is asked."""
    for path in files:
        wrong = conflicts(asked, _operators(node, stage, path, ours))
        if wrong:
            return path, wrong
    return None


def write(node: Node, stage: str, files: Files, now: list[str], ours: list[str], default: list[str]) -> None:
    """Writes `now` in place of `ours` into them; `default` is what stands before it where there is no cmdline yet."""
    wrong = faults(node, stage, files, now, ours)
    if CMDLINE in wrong:
        # Without the file kernel-install would take the command line of whatever runs then, which may be a trial.
        theirs = _operators(node, stage, CMDLINE, ours) if node.exists(CMDLINE) else default
        line = theirs + owned_of(now, theirs)
        write_owned(node, stage, CMDLINE, " ".join(line) + "\n", *_mode_and_owner(node, CMDLINE))
    if DEFAULTS in wrong:
        theirs = _operators(node, stage, DEFAULTS, ours)
        text = _without_ours(node.read(DEFAULTS) or "", [token for token in ours if token not in theirs])
        if owned_of(now, theirs):
            newline = "" if text.endswith("\n") or not text else "\n"
            # No folder of drop-ins is read there, as it is on Debian.
            text += f'{newline}{_COMMENT}\n{_NAME}="${{{_NAME}:-}} {" ".join(owned_of(now, theirs))}"\n'
        write_owned(node, stage, DEFAULTS, text, *_mode_and_owner(node, DEFAULTS))


def defaults_say(text: str) -> list[str]:
    """The value of GRUB_CMDLINE_LINUX in a shell file."""
    value = ""
    for found in _ASSIGNMENT.finditer(text):
        said = next(group for group in (found["double"], found["single"], found["bare"]) if group is not None)
        before = value
        value = said if found["single"] is not None else _BEFORE.sub(lambda _: before, said)
    return tokens(value)


def _say(path: str, text: str) -> list[str]:
    return tokens(text) if path == CMDLINE else defaults_say(text)


def _operators(node: Node, stage: str, path: str, ours: list[str]) -> list[str]:
    """The tokens in a file that are not the agent's."""
    line = without_marks(_say(path, node.read(path) or ""))
    original = saved(node, stage).get(path)
    if original is None:
        return line
    own = _say(path, _text(original) or "")
    return without(line, [token for token in ours if line.count(token) > own.count(token)])


def put_back(node: Node, stage: str, ours: list[str]) -> list[str]:
    """Both files as they were; where something else has changed in them since, only ours is taken out."""
    done = []
    for path, original in saved(node, stage).items():
        text, before = node.read(path), _text(original)
        rest = None if text is None else _rest(node, stage, path, text, ours)
        if rest is None or before is None or rest.split() == before.split():
            done.append(restore_one(node, stage, path, original))
            continue
        if rest != text:
            node.write_file(path, rest, *_mode_and_owner(node, path))
        forget(node, stage, path)
        done.append(f"{path}: our kernel arguments are taken out")
    return done


def _rest(node: Node, stage: str, path: str, text: str, ours: list[str]) -> str:
    theirs = _operators(node, stage, path, ours)
    if path == CMDLINE:
        return " ".join(theirs) + "\n"
    return _without_ours(text, [token for token in ours if token not in theirs])


def _text(original: dict) -> str | None:
    kept = original["text"]
    return None if kept is None else base64.b64decode(kept).decode(errors="surrogateescape")


def _without_ours(text: str, ours: list[str]) -> str:
    """/etc/default/grub without our line; grubby rewrites every assignment, and then it is found by its tokens."""
    mine = re.search(rf"^{re.escape(_COMMENT)}\n{_NAME}=.*\n?", text, re.MULTILINE)
    if mine is not None:
        text = text[: mine.start()] + text[mine.end() :]
    return _ASSIGNMENT.sub(lambda found: _assignment_without_ours(found, ours), text)


def _assignment_without_ours(found: re.Match, ours: list[str]) -> str:
    inner = next(group for group in (found["double"], found["single"], found["bare"]) if group is not None)
    line = tokens(inner)
    left = without(line, ours)
    return found[0] if left == line else f'{_NAME}="{" ".join(left)}"'


def _mode_and_owner(node: Node, path: str) -> tuple[int, int, int]:
    place = node.path(path)
    if not place.exists():
        return 0o644, 0, 0
    found = place.stat()
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
