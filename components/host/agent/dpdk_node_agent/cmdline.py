"""A kernel command line as an ordered list of tokens, and what it means that one has what another asks for. Pure.

Tokens, never text: `intel_iommu=on,sm_on` is not `intel_iommu=on`. Hugepage tokens are one ordered group, because each
`hugepages=` belongs to the `hugepagesz=` before it; for every other key only the values of that key are compared.
"""

from __future__ import annotations

import re

from .errors import Refused

HUGEPAGES = "hugepages"
TRIAL = "dpdk_fleet.trial"
# COMMAND_LINE_SIZE of Linux: 2,048 on x86 and arm64 (arch/*/include/*/asm/setup.h), its last byte a zero. What is
# longer is cut.
LONGEST = 2047

_GROUP = {"default_hugepagesz", "hugepagesz", "hugepages"}
# Neither GRUB's script language, nor the shell file that the tokens are written to, nor the kernel reads these as
# syntax.
_SAFE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*(=[A-Za-z0-9_.,:@+/%!^=-]+)?$"
_LOADERS = {"root", "ro", "rw", "initrd", "BOOT_IMAGE"}


def tokens(line: str) -> list[str]:
    """Splits a command line as the kernel does: at whitespace outside double quotes (lib/cmdline.c, next_arg)."""
    return re.findall(r'(?:[^\s"]|"[^"]*"?)+', line)


def key(token: str) -> str:
    """The name of an argument; `-` and `_` are the same to the kernel (kernel/params.c, dash2underscore)."""
    return token.partition("=")[0].replace("-", "_")


def subject(token: str) -> str:
    """What a token is compared under: its key, or the one group of the hugepage tokens."""
    return HUGEPAGES if key(token) in _GROUP else key(token)


def of_subject(line: list[str], name: str) -> list[str]:
    """The tokens of one subject in their order; a repetition that changes nothing is dropped."""
    found = [token for token in line if subject(token) == name]
    return found if name == HUGEPAGES else list(dict.fromkeys(found))


def subjects(line: list[str]) -> list[str]:
    return list(dict.fromkeys(subject(token) for token in line))


def lacking(line: list[str], asked: list[str]) -> list[str]:
    """The asked tokens whose subject stands differently, or not at all, in `line`."""
    wrong = [name for name in subjects(asked) if of_subject(line, name) != of_subject(asked, name)]
    return [token for token in asked if subject(token) in wrong]


def without(line: list[str], unwanted: list[str]) -> list[str]:
    """`line` with each unwanted token taken out once, the last occurrence first: what was appended is what goes."""
    left = list(reversed(line))
    for token in unwanted:
        if token in left:
            left.remove(token)
    return list(reversed(left))


def remains(line: list[str], asked: list[str], owned: list[str]) -> list[str]:
    """Tokens of ours in `line` that are not asked any more."""
    return [token for token in dict.fromkeys(owned) if token in line and token not in asked]


def fault_of(line: list[str], asked: list[str], owned: list[str]) -> str:
    """What is wrong with a line that should have what is asked and no older token of ours; empty where right."""
    missing = lacking(line, asked)
    if missing:
        return f"no {' '.join(missing)} in it"
    kept = remains(line, asked, owned)
    return f"still {' '.join(kept)} in it" if kept else ""


def refuse_unsafe(asked: list[str]) -> None:
    """Refuses tokens that could not be written, or that belong to the boot loader or to a trial."""
    for token in asked:
        if not re.match(_SAFE, token):
            raise Refused(
                "a kernel argument has characters that GRUB or a shell would read",
                where="kernel.arguments",
                value=repr(token),
                remedy="write one KEY or KEY=VALUE without whitespace, quotes or $",
            )
        if key(token) in _LOADERS | {"panic", TRIAL}:
            raise Refused(
                "this kernel argument belongs to the boot loader or to the trial boot",
                where="kernel.arguments",
                value=token,
                remedy="leave it out of the fleet file",
            )
    _refuse_duplicates(asked)


def _refuse_duplicates(asked: list[str]) -> None:
    seen: list[str] = []
    size = ""
    for token in asked:
        if key(token) == "hugepagesz":
            size = token
        # Each page size has a count of its own, so `hugepages=64` may stand under two sizes.
        name = f"{size} {token}" if key(token) == "hugepages" else token
        if name in seen:
            raise Refused(
                "a kernel argument is asked for twice", where="kernel.arguments", value=token, remedy="leave one out"
            )
        seen.append(name)


def owned_of(asked: list[str], operators: list[str]) -> list[str]:
    """The asked tokens that the operator's own configuration has not got already."""
    return [token for token in asked if not of_subject(operators, subject(token))]


def conflicts(asked: list[str], operators: list[str]) -> list[str]:
    """The operator's own tokens that stand for something else than what is asked under the same subject."""
    wrong: list[str] = []
    for name in subjects(asked):
        theirs = of_subject(operators, name)
        if theirs and theirs != of_subject(asked, name):
            wrong += theirs
    return wrong
