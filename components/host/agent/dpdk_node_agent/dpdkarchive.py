"""The source archive of DPDK: fetched or taken from the node, verified before anything reads what is in it, unpacked
into a folder that it cannot leave."""

from __future__ import annotations

import hashlib
import lzma
import posixpath
import tarfile
import time
import urllib.request
from http.client import HTTPException
from typing import Any, BinaryIO, Iterator

from .errors import AgentError
from .node import Node

# dpdk-24.11.3.tar.xz has 16 MB and 11,000 members, 110 MB unpacked; bounds that no release comes near.
_ARCHIVE_BYTES = 256 * 1024 * 1024
_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024
_MEMBERS = 200_000
_PIECE_BYTES = 1024 * 1024
_SILENCE_SECONDS = 30


def bring(node: Node, part: dict, folder: str) -> str:
    """The verified archive below `folder`; answers its path. One that is there from an earlier run is not fetched."""
    archive = f"{folder}/archive"
    if node.exists(archive):
        return archive
    found = hashlib.sha256()
    node.write_stream(f"{archive}.part", _hashed(_pieces(node, part), found), 0o600)
    if found.hexdigest() != part["sha256"]:
        node.remove(f"{archive}.part")
        raise AgentError(
            "the archive of DPDK is not the one that was asked for, and was not unpacked",
            where=part["url"],
            value=f"SHA-256 {found.hexdigest()}, asked {part['sha256']}",
            remedy="compare dpdk.sha256 with the one that dpdk.org tells; something on the way may change the file",
        )
    node.rename(f"{archive}.part", archive)
    return archive


def unpack(node: Node, archive: str, target: str, seconds: int) -> None:
    """Unpacks the archive's one folder as `target`, which appears in one step."""
    _refuse_unsafe(node, archive)
    node.run("rm", "-rf", "--one-file-system", f"{target}.part", timeout=seconds)
    node.make_folder(f"{target}.part")
    words = ("--strip-components=1", "--no-same-owner", "--no-same-permissions")
    node.run("tar", "-x", "-f", archive, "-C", f"{target}.part", *words, timeout=seconds)
    node.rename(f"{target}.part", target)


def _hashed(pieces: Iterator[bytes], found: Any) -> Iterator[bytes]:
    for piece in pieces:
        found.update(piece)
        yield piece


def _pieces(node: Node, part: dict) -> Iterator[bytes]:
    """The file in pieces, bounded in size and time. TLS with the system's own authorities; the hash is what decides."""
    url, end, size = part["url"], time.monotonic() + part["buildSeconds"], 0
    try:
        with _open(node, url) as stream:
            while piece := stream.read(_PIECE_BYTES):
                size += len(piece)
                if size > _ARCHIVE_BYTES:
                    raise OSError(f"more than {_ARCHIVE_BYTES >> 20} MiB")
                if time.monotonic() > end:
                    raise OSError(f"not fetched within {part['buildSeconds']} s")
                yield piece
    except (OSError, HTTPException) as failed:
        raise AgentError(
            "the archive of DPDK cannot be read",
            where=url,
            value=str(getattr(failed, "reason", failed)),
            remedy="let the node reach that address, or put the file on the node and write its path as dpdk.url",
        ) from failed


def _open(node: Node, url: str) -> BinaryIO:
    if url.startswith("/"):
        return open(node.path(url), "rb")
    return urllib.request.urlopen(url, timeout=_SILENCE_SECONDS)


def _refuse_unsafe(node: Node, archive: str) -> None:
    """Reads all members before tar is let at them: one folder, in it files, folders and links that stay inside."""
    tops, links, size = set(), set(), 0
    try:
        with tarfile.open(node.path(archive), "r:*") as members:
            for count, member in enumerate(members):
                size += member.size
                if count >= _MEMBERS or size > _UNPACKED_BYTES:
                    raise _refused("the archive is too large", f"{count} members, {size >> 20} MiB")
                tops.add(_refuse_member(member, links))
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError, ValueError) as broken:
        raise _refused("the archive cannot be read", str(broken)) from broken
    if len(tops) != 1:
        raise _refused("the archive has not one folder that all is in", f"{sorted(tops)[:3]}")


def _refuse_member(member: tarfile.TarInfo, links: set[str]) -> str:
    """Answers the top folder of a member that may be unpacked."""
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or member.name.startswith("/"):
        raise _refused("a name in the archive climbs out of its folder", repr(member.name))
    if any("/".join(parts[:length]) in links for length in range(1, len(parts))):
        raise _refused("a file in the archive lies below a symbolic link", repr(member.name))
    if member.issym() or member.islnk():
        base = posixpath.dirname("/".join(parts)) if member.issym() else ""
        where = posixpath.normpath(posixpath.join(base, member.linkname))
        if member.linkname.startswith("/") or where.split("/")[0] != parts[0]:
            raise _refused("a link in the archive points outside", f"{member.name} -> {member.linkname}")
        if member.issym():
            links.add("/".join(parts))
    elif not (member.isfile() or member.isdir()):
        raise _refused("the archive has something else than files, folders and links", repr(member.name))
    return parts[0]


def _refused(what: str, value: str) -> AgentError:
    return AgentError(what, where="dpdk", value=value, remedy="take the archive that dpdk.org publishes")
