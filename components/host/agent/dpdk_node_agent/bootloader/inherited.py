"""What kernels to come inherit: /etc/kernel/cmdline, which kernel-install reads, and GRUB_CMDLINE_LINUX in
/etc/default/grub, which grub2-mkconfig writes into every entry (--update-bls-cmdline since RHEL 9.3, always before)."""

from __future__ import annotations

import base64
import re
from typing import Tuple

from ..cmdline import conflicts, lacking, owned_of, remains, tokens, without
from ..deadline import parted
from ..node import Node
from ..ownedarguments import Owned
from ..ownedfiles import restore_one, write_owned
from ..store import forget, save_once, saved

Files = Tuple[str, ...]
CMDLINE = "/etc/kernel/cmdline"
DEFAULTS = "/etc/default/grub"
_COMMENT = "# dpdk-node-agent: the line below is its own, and goes with it"
_NAME = "GRUB_CMDLINE_LINUX"
_ASSIGNMENT = re.compile(
    rf"""^[ \t]*{_NAME}=("(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s"']*))""", re.MULTILINE
)
# How a shell file names what the variable has had so far.
_BEFORE = re.compile(rf"\$(?:{_NAME}\b|\{{{_NAME}(?::-)?\}})")


def faults(node: Node, stage: str, files: Files, known: Owned) -> list[str]:
    """The files that kernels to come would inherit something else from than what is ours now."""
    found = []
    for path in files:
        if not node.exists(path):
            found += [path] if path == CMDLINE and known.now else []
            continue
        line, theirs = _say(path, node.read(path) or ""), _operators(node, stage, path, known)
        mine = [token for token in known.in_menu() if token not in theirs]
        if lacking(line, known.now) or remains(line, known.now, mine) or parted(line)[1] is not None:
            found.append(path)
    return found


def conflict(node: Node, stage: str, files: Files, asked: list[str], known: Owned) -> tuple[str, list[str]] | None:
    """The operator's own tokens in these files that stand for something else than what is asked."""
    for path in files:
        wrong = conflicts(asked, _operators(node, stage, path, known))
        if wrong:
            return path, wrong
    return None


def write(node: Node, stage: str, files: Files, known: Owned, default: list[str]) -> None:
    """Writes what is ours now in place of all that was; `default` stands before it where there is no cmdline yet."""
    wrong = faults(node, stage, files, known)
    if CMDLINE in wrong:
        # Without the file kernel-install would take the command line of whatever runs then, which may be a trial.
        theirs = _operators(node, stage, CMDLINE, known) if node.exists(CMDLINE) else default
        if not node.exists(CMDLINE):
            save_once(node, f"{stage}-made", CMDLINE, default)
        line = theirs + owned_of(known.now, theirs)
        write_owned(node, stage, CMDLINE, " ".join(line) + "\n", *node.mode_and_owner(CMDLINE, 0o644))
    if DEFAULTS in wrong:
        theirs = _operators(node, stage, DEFAULTS, known)
        text = _without_ours(node.read(DEFAULTS) or "", [token for token in known.in_menu() if token not in theirs])
        if owned_of(known.now, theirs):
            newline = "" if text.endswith("\n") or not text else "\n"
            # No folder of drop-ins is read there, as it is on Debian.
            text += f'{newline}{_COMMENT}\n{_NAME}="${{{_NAME}:-}} {" ".join(owned_of(known.now, theirs))}"\n'
        write_owned(node, stage, DEFAULTS, text, *node.mode_and_owner(DEFAULTS, 0o644))


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


def _operators(node: Node, stage: str, path: str, known: Owned) -> list[str]:
    """The tokens in a file that are not the agent's."""
    line = _say(path, node.read(path) or "")
    original = saved(node, stage).get(path)
    if original is None:  # never changed: only a trial's line can have got there
        return Owned(tried=known.tried).operators(line)
    return known.operators_since(line, _say(path, _text(original) or ""))


def put_back(node: Node, stage: str, known: Owned) -> list[str]:
    """Both files as they were; where something else has changed in them since, only ours is taken out."""
    done = []
    for path, original in saved(node, stage).items():
        text, before = node.read(path), _text(original)
        made = saved(node, f"{stage}-made").get(path)
        was = before.split() if before is not None else made
        rest = None if text is None else _rest(node, stage, path, text, known)
        if rest is None or was is None or rest.split() == was:
            done.append(restore_one(node, stage, path, original))
        else:
            if rest != text:
                node.write_file(path, rest, *node.mode_and_owner(path, 0o644))
            forget(node, stage, path)
            done.append(f"{path}: our kernel arguments are taken out")
    for path in saved(node, f"{stage}-made"):
        forget(node, f"{stage}-made", path)
    return done


def _rest(node: Node, stage: str, path: str, text: str, known: Owned) -> str:
    theirs = _operators(node, stage, path, known)
    if path == CMDLINE:
        return " ".join(theirs) + "\n"
    return _without_ours(text, [token for token in known.in_menu() if token not in theirs])


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
