"""Entries of the Boot Loader Specification: small files in loader/entries. Pure, text in, data out.

GRUB (blscfg, of Red Hat's family) and systemd-boot both read them; what differs is said where it matters."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..cmdline import tokens
from ..deadline import parted
from ..ownedarguments import Owned

TRIAL = "dpdktrial"
# NAME+LEFT or NAME+LEFT-DONE: the boot counter in a file's name (systemd, Automatic Boot Assessment).
_COUNTER = re.compile(r"\+(\d+)(?:-\d+)?$")


class BootEntry(NamedTuple):
    """One entry; `variables` are those that GRUB puts in place of $NAME in its options, `before` is its text before the
    agent changed it, or None."""

    path: str
    text: str
    variables: dict[str, str] = {}
    before: str | None = None

    def id(self) -> str:
        """Its name without the boot counter, which changes as the machine boots."""
        return _COUNTER.sub("", self.file())

    def file(self) -> str:
        return self.path.rpartition("/")[2][: -len(".conf")]

    def is_given_up(self) -> bool:
        """Whether its boot counter has no try left; such an entry comes last."""
        counter = _COUNTER.search(self.file())
        return counter is not None and int(counter[1]) == 0

    def values(self, key: str) -> list[str]:
        """What stands behind every line of this key."""
        return _values(self.text, key)

    def value(self, key: str) -> str:
        return next(iter(self.values(key)), "")

    def kernel(self) -> str:
        return self.value("linux")

    def initrds(self) -> list[str]:
        return [word for line in self.values("initrd") for word in line.split() if not word.startswith("$")]

    def written(self) -> list[str]:
        """The tokens of its options as they are written, variables and all."""
        return tokens(" ".join(self.values("options")))

    def arguments(self) -> list[str]:
        """The kernel arguments that it boots with: each variable replaced by what it stands for."""
        return self.expanded(self.written())

    def expanded(self, line: list[str]) -> list[str]:
        """A line with each $NAME replaced by what it stands for."""
        found: list[str] = []
        for token in line:
            found += tokens(self.variables.get(token[1:].strip("{}"), "")) if token.startswith("$") else [token]
        return found

    def operators(self, known: Owned) -> list[str]:
        """The tokens of its options that are not the agent's, as they are written."""
        if self.before is None:  # never changed, or it came since and inherited ours
            return known.operators(self.written())
        return known.operators_since(self.written(), tokens(" ".join(_values(self.before, "options"))))

    def is_marked(self) -> bool:
        """Whether it has inherited a trial's line."""
        return parted(self.written())[1] is not None

    def root(self) -> str:
        """Which system it boots: entries of another one may share the folder."""
        return next((token for token in self.arguments() if token.startswith("root=")), "")

    def is_rescue(self) -> bool:
        return "-0-rescue" in f"{self.id()} {self.kernel()}"

    def is_trial(self) -> bool:
        return self.id().endswith(f"-0-{TRIAL}")


def _values(text: str, key: str) -> list[str]:
    return [found.strip() for found in re.findall(rf"^[ \t]*{key}[ \t]+(.*)$", text, re.MULTILINE)]


def with_options(text: str, options: list[str]) -> str:
    """The text of an entry with these tokens as its options: on its first such line, any other one taken out."""
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if re.match(r"[ \t]*options[ \t]", line)]
    wanted = f"options {' '.join(options)}\n"
    if not places:
        return text + ("" if text.endswith("\n") or not text else "\n") + wanted
    lines[places[0]] = wanted
    return "".join(line for number, line in enumerate(lines) if number not in places[1:])


def trial_id(default: str) -> str:
    """The name of a trial of the entry called `default`: the same machine's, and version 0, so that it sorts behind
    every kernel, as rescue entries do. It must never become the first one, which boots where nothing is chosen."""
    machine = re.match(r"[0-9a-f]{32}(?=-)", default)
    # GRUB takes what stands behind the last two hyphens for version and release (blscfg.c, split_package_string).
    return f"{machine[0] if machine else default.rsplit('-', 2)[0]}-0-{TRIAL}"


def trial_text(default: BootEntry, line: list[str]) -> str:
    """A trial of `default`: the same kernel with another command line, and no variable left in it."""
    kept = [
        row
        for row in default.text.splitlines()
        if not re.match(r"[ \t]*(title|version|options|id|grub_hotkey)([ \t]|$)", row)
    ]
    head = ["title Trial boot of dpdk-fleet", f"version 0-{TRIAL}"]
    return "\n".join([*head, *kept, f"options {' '.join(line)}"]) + "\n"
