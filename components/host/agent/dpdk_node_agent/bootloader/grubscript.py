"""Reads what grub-mkconfig generated: menu entries, submenus, and which of them is the default. Pure, text in, data
out."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..cmdline import tokens

_LINUX = re.compile(r"^(\s*)(linux|linuxefi|linux16)(\s+)(\S+)[ \t]*(.*)$", re.MULTILINE)
_INITRD = r"^\s*(?:initrd|initrdefi|initrd16)\s+(.*)$"


class Entry(NamedTuple):
    """A menuentry, or a submenu with its children."""

    kind: str
    title: str
    id: str
    options: list[str]
    body: str
    children: list[Entry]

    def arguments(self) -> list[str]:
        """The kernel arguments of the entry's first `linux` line."""
        line = _LINUX.search(self.body)
        return tokens(line.group(5)) if line else []

    def kernel(self) -> str:
        """The kernel image of the entry, or an empty text where it boots no Linux."""
        line = _LINUX.search(self.body)
        return line.group(4) if line else ""

    def initrds(self) -> list[str]:
        """The initial ramdisks of the entry, in the order in which they are loaded."""
        return [word for line in re.findall(_INITRD, self.body, re.MULTILINE) for word in line.split()]

    def is_rescue(self) -> bool:
        """Whether this entry is there to repair a system, which is no entry to derive a trial from."""
        rescue = {
            "single",
            "1",
            "rescue",
            "emergency",
            "systemd.unit=rescue.target",
            "systemd.unit=emergency.target",
            "recovery",
        }
        return bool(rescue & set(self.arguments())) or "rescue" in self.kernel() or "recovery mode" in self.title


def entries(text: str) -> list[Entry]:
    """The top-level entries in their order, as GRUB counts them."""
    found: list[Entry] = []
    place = 0
    while True:
        head = _HEAD.search(text, place)
        if head is None:
            return found
        inside = head.end()
        end = _closing(text, inside)
        found.append(_entry(head.group("kind"), head.group("words"), text[inside:end]))
        place = end


def of_section(text: str, script: str) -> list[Entry]:
    """The Linux entries, those of submenus too, that a script of /etc/grub.d has written."""
    found: list[Entry] = []
    for section in re.findall(_SECTION % re.escape(script), text, re.MULTILINE | re.DOTALL):
        for entry in entries(section):
            found += [each for each in (entry.children or [entry]) if each.kernel()]
    return found


# What grub-mkconfig writes around the output of each script.
_SECTION = r"^### BEGIN /etc/grub\.d/%s ###$(.*?)(?=^### (?:BEGIN|END) |\Z)"

_HEAD = re.compile(
    r"^[ \t]*(?P<kind>menuentry|submenu)[ \t]+(?P<words>(?:[^\n'\"{]|'[^']*'|\"[^\"]*\"|\$\{)*)\{[ \t]*\n", re.MULTILINE
)


def _entry(kind: str, words_text: str, body: str) -> Entry:
    words = words_of(words_text)
    title, options, name = words[0] if words else "", words[1:], ""
    kept: list[str] = []
    while options:
        word = options.pop(0)
        if word in ("--id", "$menuentry_id_option", "${menuentry_id_option}"):
            name = options.pop(0) if options else ""
        else:
            kept.append(word)
    return Entry(kind, title, name, kept, body, entries(body) if kind == "submenu" else [])


def words_of(text: str) -> list[str]:
    """Splits a GRUB command into words and takes their quotes off."""
    found = re.findall(r"(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|[^\s'\"\\])+", text)
    return [
        re.sub(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)", lambda m: m[1] or m[2] or m[3] or "", word) for word in found
    ]


# What the scanner steps over whole: quoted text, escapes, comments, ${variables}; what is left of { and } is structure.
_PIECE = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|(?<!\S)#[^\n]*|\$\{[^}\n]*\}|[{}]")


def _closing(text: str, start: int) -> int:
    """Where the brace closes that was opened before `start`; the text's end where it never does."""
    depth = 1
    for piece in _PIECE.finditer(text, start):
        if piece.group() == "{":
            depth += 1
        elif piece.group() == "}":
            depth -= 1
            if depth == 0:
                return piece.start()
    return len(text)


def default_name(text: str, environment: dict[str, str]) -> str:
    """What the generated `set default=` names when no one-shot entry is asked for; `0` where it names nothing."""
    for value in re.findall(r"^\s*set default=[\"']?([^\"'\n]*)[\"']?\s*$", text, re.MULTILINE):
        if value in ("${next_entry}", "$next_entry"):
            continue
        if value in ("${saved_entry}", "$saved_entry"):
            return environment.get("saved_entry", "") or "0"
        return value or "0"
    return "0"


def find(found: list[Entry], name: str) -> Entry | None:
    """The entry that a default names: a place, an id or a title, submenus with `>`. GRUB falls back to its first
    entry."""
    entry = _pick(found, name) or _walk(found, name)
    if entry is None and found:
        entry = found[0]
    return entry if entry is not None and entry.kind == "menuentry" else None


def _walk(found: list[Entry], name: str) -> Entry | None:
    # A title may hold `>` too, doubled (info grub, "default"); a single one separates a submenu from what is in it.
    first, _, rest = name.replace(">>", "\0").partition(">")
    entry = _pick(found, first.replace("\0", ">"))
    if entry is None or not rest:
        return entry
    return _walk(entry.children, rest.replace("\0", ">>")) if entry.kind == "submenu" else entry


def _pick(found: list[Entry], name: str) -> Entry | None:
    if name.isdigit():
        return found[int(name)] if int(name) < len(found) else None
    return next((entry for entry in found if name and name in (entry.id, entry.title)), None)


def derived(entry: Entry, title: str, name: str, arguments: list[str]) -> str:
    """An entry that boots what `entry` boots, with these kernel arguments in place of its own."""
    line = _LINUX.search(entry.body)
    if line is None:
        raise ValueError("an entry without a linux line")
    changed = f"{line[1]}{line[2]}\t{line[4]} {' '.join(arguments)}"
    body = entry.body[: line.start()] + changed + entry.body[line.end() :]
    # The trial must not become the saved default.
    body = re.sub(r"^\s*savedefault\s*\n", "", body, flags=re.MULTILINE)
    options = "".join(f" {_quoted(word)}" for word in entry.options)
    lines = [row.strip() for row in body.strip("\n").split("\n")]
    return "\n".join([f"menuentry '{title}'{options} --id '{name}' {{", *(f"\t{row}" for row in lines), "}"]) + "\n"


def _quoted(word: str) -> str:
    return word if re.match(r"^[A-Za-z0-9_./=-]+$", word) else f"'{word}'"


def environment_of(block: str) -> dict[str, str]:
    """The variables of GRUB's environment block (grubenv)."""
    lines = [line for line in block.split("\n") if "=" in line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}
