"""What the machine of the tests has for building: real tar, and a meson and ninja for a project of one file. They
leave half of their work behind where a test lets them die."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List

from .node import Completed

if TYPE_CHECKING:
    from .testing_tree import Machine

ARCHIVE = "/srv/dpdk-24.11.3.tar"
VERSION = "24.11.3"
_TOP = f"dpdk-stable-{VERSION}"
PROJECT = {
    f"{_TOP}/meson.build": "project('dpdk')\n",
    f"{_TOP}/lib/eal.c": "int eal;\n",
    f"{_TOP}/VERSION": "24.11.3\n",
}


def tar_of(files: dict[str, str], *links: tuple[str, str, bytes]) -> bytes:
    """A tar file of these texts, and of links (name, target, tarfile.SYMTYPE or LNKTYPE)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        for name, linkname, kind in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, linkname
            archive.addfile(member)
    return target.getvalue()


def part_of_archive(archive: bytes = tar_of(PROJECT)) -> dict:
    """The plan's part for an archive."""
    options = ["-Dplatform=generic", "-Dmax_ethports=32"]
    sha256 = hashlib.sha256(archive).hexdigest()
    return {"version": VERSION, "sha256": sha256, "url": ARCHIVE, "options": options, "buildSeconds": 900}


def ready_for_build(machine: Machine, archive: bytes = tar_of(PROJECT)) -> None:
    """Puts the archive on the machine."""
    machine.file(ARCHIVE, "")
    (machine.root / ARCHIVE[1:]).write_bytes(archive)
    machine.file("/etc/ld.so.conf.d/libc.conf", "/usr/local/lib\n")
    _ldconfig(machine, [])


def _place(machine: Machine, path: str) -> Path:
    return machine.root / path.lstrip("/")


def _tar(machine: Machine, words: list[str]) -> Completed:
    real = [str(_place(machine, word)) if word.startswith("/") else word for word in words]
    done = subprocess.run(["tar", *real], capture_output=True, text=True, check=False)
    return Completed(done.returncode, done.stdout, done.stderr)


def _rm(machine: Machine, words: list[str]) -> Completed:
    assert words[:2] == ["-rf", "--one-file-system"] and words[2].startswith("/"), words
    place = _place(machine, words[2])
    if place.exists():
        for folder in [each for each in place.iterdir() if each.is_dir()]:
            shutil.rmtree(folder)
        _die(machine, "rm")  # what lies beside the folders is there yet
        shutil.rmtree(place)
    return Completed(0, "", "")


def _meson(machine: Machine, words: list[str], destination: str = "") -> Completed:
    if words[0] == "install":
        return _install(machine, words[-1], destination)
    build, source = words[-2:]
    if not _place(machine, f"{source}/meson.build").exists():
        return Completed(1, "", "ERROR: Neither source directory nor build directory contain a build file meson.build.")
    if _place(machine, build).exists():
        return Completed(1, "", f"ERROR: {build} is half configured")
    machine.file(f"{build}/meson-private/coredata.dat", "\n".join(words))
    _die(machine, "meson")
    machine.file(f"{build}/build.ninja", f"source={source}\n" + "\n".join(words) + "\n")
    return Completed(0, "", "")


def _ninja(machine: Machine, words: list[str]) -> Completed:
    build = words[1]
    lines = machine.text(f"{build}/build.ninja").splitlines()
    source = lines[0].partition("=")[2]
    machine.file(f"{build}/first.o", "object")
    _die(machine, "ninja")
    machine.file(f"{build}/librte_eal.so.25", machine.text(f"{source}/lib/eal.c") + " ".join(lines[1:]))
    return Completed(0, "", "")


def _install(machine: Machine, build: str, destination: str) -> Completed:
    text = machine.text(f"{build}/librte_eal.so.25")
    words = machine.text(f"{build}/build.ninja").splitlines()
    prefix = next(word.partition("=")[2] for word in words if word.startswith("--prefix="))
    machine.file(f"{destination}{prefix}/lib/librte_eal.so.25", text)
    _die(machine, "install")
    machine.file(f"{destination}{prefix}/lib/pkgconfig/libdpdk.pc", f"prefix={prefix}\n")
    return Completed(0, "", "")


def _env(machine: Machine, words: list[str]) -> Completed:
    assert words[1] == "meson", words
    return _meson(machine, words[2:], words[0].partition("=")[2])


def _ldconfig(machine: Machine, _words: list[str]) -> Completed:
    """The cache, as far as it tells which folders the loader looks into."""
    folders = sorted(_place(machine, "/etc/ld.so.conf.d").glob("*.conf"))
    lines = [line for file in folders for line in file.read_text().splitlines() if not line.startswith("#")]
    machine.file("/etc/ld.so.cache", "".join(f"{line}\n" for line in lines))
    return Completed(0, "", "")


def _sync(_machine: Machine, _words: list[str]) -> Completed:
    return Completed(0, "", "")


def _die(machine: Machine, step: str) -> None:
    if step in machine.dying:
        from .testing_tree import Killed

        machine.dying.remove(step)
        raise Killed


COMMANDS: Dict[str, Callable[["Machine", List[str]], Completed]] = {
    "tar": _tar,
    "rm": _rm,
    "meson": _meson,
    "ninja": _ninja,
    "env": _env,
    "ldconfig": _ldconfig,
    "sync": _sync,
}
