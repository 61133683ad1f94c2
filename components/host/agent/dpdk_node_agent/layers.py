"""The layers of an image unpacked into a folder, as far as they concern /opt/pantheonchain. A layer is somebody's tar
file: only regular files, folders and links that stay inside are taken, nothing outside is written, no rights beyond
755 are given."""

from __future__ import annotations

import posixpath
import tarfile
import zlib
from typing import BinaryIO, Iterator, cast

from .errors import AgentError
from .folders import remove_tree
from .node import Node
from .store import make_folders

# What of the image is taken; DPDK is linked into the program, so this is all that it needs beside glibc.
PART = "opt/pantheonchain"
# Bounds of a layer unpacked: a program and a few libraries. A layer of a few KiB can claim terabytes.
UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
MEMBERS = 100_000
_PIECE_BYTES = 1024 * 1024
# Whiteouts of the OCI image specification, "Layer filesystem changeset".
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"


def unpack(node: Node, layer: str, target: str) -> None:
    """Unpacks one layer (a file of the node) into `target`, over what lower layers left there."""
    try:
        with open(node.path(layer), "rb") as stream, _open(stream) as archive:
            for count, member in enumerate(archive):
                if count >= MEMBERS:
                    raise _refused("the layer has too many files", f"more than {MEMBERS}")
                path = _inside(member.name)
                if path is not None:
                    _take(node, archive, member, f"{target}/{path}", path)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as broken:
        remedy = "build the image with gzip layers" if "zstd" in str(broken) else "build the image again"
        raise AgentError("the layer cannot be unpacked", where=PART, value=str(broken), remedy=remedy) from broken


def _open(stream: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast(BinaryIO, _Unpacked(stream)), mode="r|", bufsize=_PIECE_BYTES)


def _inside(name: str) -> str | None:
    """The path below PART; None where it lies elsewhere. A name that climbs is refused, wherever it ends."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refused("a name in the layer climbs out of its folder", repr(name))
    below = PART.split("/")
    if parts[: len(below)] != below or len(parts) == len(below):
        return None
    return "/".join(parts[len(below) :])


def _take(node: Node, archive: tarfile.TarFile, member: tarfile.TarInfo, place: str, path: str) -> None:
    folder, _, name = place.rpartition("/")
    _refuse_link_above(node, folder, path)
    if name == _OPAQUE:
        for each in node.names(folder):
            _remove(node, f"{folder}/{each}")
        return
    if name.startswith(_WHITEOUT):
        _remove(node, f"{folder}/{name[len(_WHITEOUT) :]}")
        return
    make_folders(node, folder)
    if member.isdir():
        if not node.path(place).is_dir() or node.path(place).is_symlink():
            _remove(node, place)
            node.make_folder(place)
        return
    _remove(node, place)
    if member.issym():
        _refuse_link_outside(member.linkname, path)
        node.link(place, member.linkname)
    elif member.isreg():
        node.write_stream(place, _pieces(archive, member), 0o755 if member.mode & 0o111 else 0o644)
    else:
        raise _refused("the layer has something else than files, folders and links", f"{path} (type {member.type!r})")


def _remove(node: Node, place: str) -> None:
    if node.path(place).is_dir() and not node.path(place).is_symlink():
        remove_tree(node, place)
    elif node.exists(place):
        node.remove(place)


def _refuse_link_above(node: Node, folder: str, path: str) -> None:
    """A file below a symbolic link would be written where the link points."""
    for _ in path.split("/")[1:]:
        if node.path(folder).is_symlink():
            raise _refused("a file in the layer lies below a symbolic link", repr(path))
        folder = folder.rpartition("/")[0]


def _refuse_link_outside(target: str, path: str) -> None:
    where = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if target.startswith("/") or where == ".." or where.startswith("../"):
        raise _refused("a symbolic link in the layer points outside", f"{path} -> {target}")


def _pieces(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(member)
    assert stream is not None  # a regular file has content
    while piece := stream.read(_PIECE_BYTES):
        yield piece


def _refused(what: str, value: str) -> AgentError:
    return AgentError(what, where=PART, value=value, remedy="build the image again")


class _Unpacked:
    """A layer's tar, gzip taken off, that never gives more than its bound."""

    def __init__(self, stream: BinaryIO):
        self.stream, self.given, self.rest = stream, 0, b""
        magic = stream.read(4)
        stream.seek(0)
        if magic == b"\x28\xb5\x2f\xfd":
            raise OSError("it is compressed with zstd, which Python 3.9 cannot read")
        self.gzip = magic[:2] == b"\x1f\x8b"
        self.unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def read(self, size: int) -> bytes:
        while len(self.rest) < size and self._more():
            pass
        found, self.rest = self.rest[:size], self.rest[size:]
        self.given += len(found)
        if self.given > UNPACKED_BYTES:
            raise OSError(f"it unpacks to more than {UNPACKED_BYTES >> 20} MiB")
        return found

    def _more(self) -> bool:
        if not self.gzip:
            piece = self.stream.read(_PIECE_BYTES)
            self.rest += piece
            return bool(piece)
        if self.unzip.eof:  # a gzip file may have several parts
            unused = self.unzip.unused_data.lstrip(b"\0")  # padding
            self.unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            piece = unused or self.stream.read(_PIECE_BYTES)
        else:
            piece = self.unzip.unconsumed_tail or self.stream.read(_PIECE_BYTES)
        if not piece:
            return False
        self.rest += self.unzip.decompress(piece, _PIECE_BYTES)
        return True
