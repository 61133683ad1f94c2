"""What dnf and yum share: rpm's database."""

from __future__ import annotations

import re
from collections import Counter

from ..node import Node

# Fedora's packaging guidelines, "Naming": these letters and no others.
NAMES = re.compile(r"^[A-Za-z0-9][A-Za-z0-9+._-]*$")
_FORM = "%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH}\\n"
# Packages of which several versions are meant to be there: kernels (installonlypkgs of dnf.conf(5)), and keys.
_SEVERAL = re.compile(r"^(kernel|gpg-pubkey)")
# `	libpcap.so.1()(64bit) is needed by (installed) mine-1.0-1.x86_64`
_NEEDED = re.compile(r"is needed by (?:\(installed\) )?(\S+)-[^-\s]+-[^-\s]+\.([^.\s]+)\s*$", re.MULTILINE)


def installed(node: Node, names: list[str]) -> dict[str, str]:
    """Asks rpm only, no network."""
    rows = _rows(node, "-q", *names) if names else []
    return {name: f"{epoch}:{version}-{release}" for name, epoch, version, release, _ in rows}


def present(node: Node) -> set[str]:
    return {f"{row[0]}.{row[4]}" for row in _rows(node, "-qa")}


def name_of(known: str) -> str:
    return known.rpartition(".")[0]


def is_version(found: str, asked: str) -> bool:
    """`24.11.2`, `24.11.2-1.el9` or with its epoch, `2:24.11.2-1.el9`."""
    bare = found.partition(":")[2]
    return asked in (found, bare, found.rpartition("-")[0], bare.rpartition("-")[0])


def specs(asked: list[tuple[str, str | None]]) -> list[str]:
    return [f"{name}-{version}" if version else name for name, version in asked]


def finish_interrupted(
    node: Node, before: set[str] | None, reinstall: tuple[str, ...], cleanup: tuple[str, ...], seconds: int
) -> None:
    """Mends an installation of ours that was cut off, and no other: another's transaction is not ours to repeat, which
    is why `dnf history redo last` is not used.

    rpm notes a package once its files are there, and runs its scripts after that; so a package that is noted may lack
    what its scripts do, and one that was upgraded may be there twice. What is not noted is simply installed again."""
    if before is None:
        return
    if node.ask("rpm", "-qa", timeout=120).code != 0:
        node.run("rpm", "--rebuilddb", timeout=seconds)
    rows = _rows(node, "-qa")
    half = sorted({f"{row[0]}.{row[4]}" for row in rows} - before)
    if half:
        node.run(*reinstall, *half, timeout=seconds)
    count = Counter(f"{row[0]}.{row[4]}" for row in rows if not _SEVERAL.match(row[0]))
    if any(number > 1 for number in count.values()):
        node.run(*cleanup, timeout=seconds)


def needed_by_others(node: Node, ids: list[str]) -> list[str]:
    """`rpm -e --test` says who would miss what. Who needs one that stays keeps it too."""
    if not ids or not _needers(node, ids):
        return []
    needers = {each: _needers(node, [each]) for each in ids}
    kept: set[str] = set()
    while True:
        more = {each for each in ids if each not in kept and needers[each] - (set(ids) - kept)}
        if not more:
            break
        kept |= more
    going = [each for each in ids if each not in kept]
    # Two of ours may each stand in for the other: then nothing goes.
    return list(ids) if going and _needers(node, going) else sorted(kept)


def kernel_packages(_node: Node) -> list[str]:
    """A name of the exclusions, which may be a pattern: kernel, kernel-core, kernel-modules, kernel-devel, …"""
    return ["kernel*"]


def _needers(node: Node, ids: list[str]) -> set[str]:
    done = node.ask("rpm", "-e", "--test", *ids, timeout=120)
    if done.code == 0:
        return set()
    return {f"{name}.{arch}" for name, arch in _NEEDED.findall(done.err + "\n" + done.out)} or {"somebody"}


def _rows(node: Node, *words: str) -> list[list[str]]:
    out = node.ask("rpm", words[0], "--qf", _FORM, *words[1:], timeout=120).out
    rows = [line.split(" ") for line in out.splitlines()]
    return [row for row in rows if len(row) == 5 and row[1].isdigit()]  # else: `package NAME is not installed`
