"""The machine that the agent works on. Every read goes through a root and every effect through a method of this class,
so that a stage runs against a folder of a test as it runs against `/`, and a test can stop it between any two
effects."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Callable, Iterable, NamedTuple, Sequence

from .errors import AgentError

if TYPE_CHECKING:
    from pathlib import Path


class Completed(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


Runner = Callable[[Sequence[str], float, str], Completed]


def run_here(argv: Sequence[str], timeout: float, stdin: str) -> Completed:
    """Runs a command on this machine; a command that outlives its limit is an error, not a hang."""
    import subprocess  # most checks run no command

    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            list(argv),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=timeout,
            env=environment,
            check=False,
        )
    except FileNotFoundError:
        return Completed(127, "", f"{argv[0]}: command not found")
    except subprocess.TimeoutExpired as late:
        raise AgentError(
            f"`{' '.join(argv)}` did not end within {timeout:.0f} s", remedy="look at the node, then run up again"
        ) from late
    return Completed(done.returncode, done.stdout, done.stderr)


class Node:
    """A machine, or a folder that stands for one."""

    def __init__(self, root: str | Path = "/", runner: Runner = run_here):
        self.root, self.runner = os.path.normpath(root), runner

    # --- reads ---------------------------------------------------------------------------------------------------

    def place(self, absolute: str) -> str:
        """Where an absolute path of the node lies."""
        return os.path.join(self.root, absolute.strip("/"))

    def path(self, absolute: str) -> Path:
        """The same with pathlib's methods. To load them is a twelfth of what a check costs, so no check does."""
        from pathlib import Path

        return Path(self.place(absolute))

    def read(self, absolute: str) -> str | None:
        """The text of a file, or None where there is none. Bytes that are no text survive, and so do line ends."""
        try:
            with open(self.place(absolute), "rb") as stream:
                return stream.read().decode(errors="surrogateescape")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def exists(self, absolute: str) -> bool:
        return os.path.lexists(self.place(absolute))

    def mode_and_owner(self, absolute: str, missing: int | None = None) -> tuple[int, int, int]:
        """Mode, user and group of a file, for one that takes its place; with `missing`, that mode and root where there
        is none, which is an error without."""
        try:
            found = os.stat(self.place(absolute))
        except (FileNotFoundError, NotADirectoryError):
            if missing is None:
                raise
            return missing, 0, 0
        return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid

    def names(self, absolute: str) -> list[str]:
        """The sorted names in a folder; empty where there is none."""
        try:
            return sorted(os.listdir(self.place(absolute)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def link_name(self, absolute: str) -> str | None:
        """The last part of what a symbolic link points to (sysfs: the driver, the IOMMU group), or None."""
        try:
            return os.path.basename(os.readlink(self.place(absolute)))
        except OSError:
            return None

    def ask(self, *argv: str, timeout: float = 30) -> Completed:
        """A command that changes nothing."""
        return self.runner(argv, timeout, "")

    def ask_driver(self, interface: str, request: bytes) -> bytes:
        """What a NIC's driver answers to a request of ethtool's that changes nothing; OSError where it does not know
        it."""
        if self.root != "/":  # a folder has no drivers, and the request would go to those of this machine
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        from .ioctl import ethtool  # what most verbs do not need is not loaded

        return ethtool(interface, request)

    def ask_http(self, port: int, path: str) -> tuple[int, str]:
        """What a program of this machine answers on loopback: status and text; OSError where nobody does."""
        if self.root != "/":  # a folder has no programs, and those of this machine are not its
            raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        from .loopback import get  # most checks ask nobody

        return get(port, path)

    # --- effects -------------------------------------------------------------------------------------------------

    def run(self, *argv: str, timeout: float = 60, stdin: str = "") -> str:
        """A command that changes the node; a non-zero exit is an error that carries the command and its last lines."""
        done = self.runner(argv, timeout, stdin)
        if done.code != 0:
            tail = " / ".join((done.err or done.out).strip().splitlines()[-3:])
            raise AgentError(f"`{' '.join(argv)}` ended with {done.code}", value=tail)
        return done.out

    def write_file(self, absolute: str, text: str, mode: int = 0o644, uid: int = 0, gid: int = 0) -> None:
        """Replaces a file in one step, on the disk before it returns; a reader sees the old content or the new."""
        target = self.path(absolute)
        # One name for ever: what a power cut leaves behind is used up by the next write, or goes with the file.
        temporary = _unfinished(target)
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode(errors="surrogateescape"))
                stream.flush()
                os.fchmod(stream.fileno(), mode)
                if os.geteuid() == 0:
                    os.fchown(stream.fileno(), uid, gid)
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._sync_folder(target.parent)

    def write_stream(self, absolute: str, pieces: Iterable[bytes], mode: int = 0o644) -> None:
        """Writes a new file piece by piece, on the disk before it returns; for what is too large for one text."""
        target = self.path(absolute)
        target.unlink(missing_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        self._sync_folder(target.parent)

    def rename(self, absolute: str, to: str) -> None:
        """Gives a file or folder another name in one step; nothing has that name yet."""
        os.rename(self.place(absolute), self.place(to))
        self._sync_folder(self.path(to).parent)

    def give(self, absolute: str, uid: int, gid: int, mode: int) -> None:
        """Gives a file, folder or device node another owner, group and mode."""
        if os.geteuid() == 0:
            os.chown(self.place(absolute), uid, gid)
        os.chmod(self.place(absolute), mode)

    def write_value(self, absolute: str, text: str) -> None:
        """Writes into a file of the kernel's (sysfs, procfs), which cannot be replaced."""
        try:
            with open(self.place(absolute), "w") as stream:
                stream.write(text)
        except OSError as failed:
            raise AgentError(
                f"the kernel refused {text.strip()!r}", where=absolute, value=str(failed.strerror)
            ) from failed

    def tell_driver(self, interface: str, request: bytes) -> None:
        """A request of ethtool's that changes a NIC; OSError where its driver refuses it."""
        self.ask_driver(interface, request)

    def make_folder(self, absolute: str, mode: int = 0o755) -> None:
        """Makes one folder; its parent is there."""
        self.path(absolute).mkdir(mode=mode)
        self.path(absolute).chmod(mode)
        self._sync_folder(self.path(absolute).parent)

    def link(self, absolute: str, target: str) -> None:
        """Makes or replaces a symbolic link in one step."""
        place = self.path(absolute)
        temporary = _unfinished(place)
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target)
        os.replace(temporary, place)
        self._sync_folder(place.parent)

    def remove(self, absolute: str) -> None:
        """Removes a file or an empty folder; absent is fine."""
        place = self.path(absolute)
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        else:
            place.unlink(missing_ok=True)
            _unfinished(place).unlink(missing_ok=True)
        if place.parent.is_dir():
            self._sync_folder(place.parent)

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}.dpdk-fleet-new")
