"""DPDK built from its source archive, installed into a folder of its own below /opt: it appears in one step when all of
it is there, and goes as a whole. What a power cut leaves is taken up where it was: archive, sources, objects.

The loader finds it through /etc/ld.so.conf.d and pkg-config through /etc/profile.d. LD_LIBRARY_PATH is set nowhere: it
would come before the distribution's libraries for every program of a login, and programs with capabilities ignore it.
`--libdir=lib` makes the paths the same on every distribution, Debian's multiarch folders and RHEL's lib64 alike."""

from __future__ import annotations

import json

from .. import dpdkplan, folders
from ..errors import Refused
from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..stage import Finding, absent, ok, partial
from ..store import HOME, drop_document, forget, make_folders, read_document, save_once, saved, write_document

NAME = "dpdk"
PHASE = "boot"

WORK = f"{HOME}/dpdk"
MARK = ".dpdk-fleet.json"
LIBRARIES, PROFILE = "/etc/ld.so.conf.d/dpdk-fleet.conf", "/etc/profile.d/dpdk.sh"
_FILES = "dpdk.files"
# There while the loader's cache does not know yet what the files say.
_CACHE = "dpdk-loader-cache.json"
# Removing and copying a few thousand files, also on a slow disk.
_FILES_SECONDS = 300


def check(node: Node, plan: dict) -> Finding:
    part = plan.get("dpdk")
    if not part:
        return partial("DPDK that was built for an earlier plan") if _is_touched(node) else ok("no DPDK is to be built")
    wrong = _wrong(node, part)
    if wrong:
        saw = "; ".join(wrong) + dpdkplan.remark(part)
        return partial(saw) if _is_touched(node) else absent(saw)
    return ok(f"DPDK {part['version']} in {dpdkplan.prefix(part)}{dpdkplan.remark(part)}")


def apply(node: Node, plan: dict) -> None:
    part = plan.get("dpdk")
    if not part:
        revert(node)
        return
    if not _is_built(node, part):
        _build(node, part)
    _announce(node, part)  # the loader is led to the new one before an older one goes
    for prefix in _others(node, part):
        _remove(node, prefix)
    _clear(node, dpdkplan.prefix(part))


def revert(node: Node) -> list[str]:
    if not _is_touched(node):
        return []
    write_document(node, _CACHE, {})
    done = restore_owned(node, _FILES)
    node.run("ldconfig")
    drop_document(node, _CACHE)
    for prefix in saved(node, NAME):
        _clear(node, prefix)
        done.append(_remove(node, prefix))
    folders.give_back(node, NAME)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    part = plan.get("dpdk")
    if not part:
        return [f"remove {prefix}" for prefix in saved(node, NAME)]
    lines = [] if _is_built(node, part) else [_say_build(part)]
    lines += [f"remove {prefix}, of an earlier plan" for prefix in _others(node, part)]
    return lines + [f"write {path}" for path, text in _texts(part).items() if not is_as_asked(node, path, text)]


# --- what there is ----------------------------------------------------------------------------------------------------


def _wrong(node: Node, part: dict) -> list[str]:
    """What differs from the plan, a text each."""
    found = [] if _is_built(node, part) else [f"DPDK {part['version']} is not built"]
    found += [f"{prefix}: of an earlier plan" for prefix in _others(node, part)]
    found += [
        f"{path}: not there, or another" for path, text in _texts(part).items() if not is_as_asked(node, path, text)
    ]
    prefix = dpdkplan.prefix(part)
    left = (WORK, _staged(prefix), _aside(prefix))
    if not found and (any(node.exists(folder) for folder in left) or _is_cache_old(node)):
        found.append("a build was interrupted")
    return found


def _is_built(node: Node, part: dict) -> bool:
    text = node.read(f"{dpdkplan.prefix(part)}/{MARK}")
    return text is not None and json.loads(text) == dpdkplan.mark(part)


def _is_ours(node: Node, prefix: str) -> bool:
    """A folder of ours appears with its mark."""
    return node.exists(f"{prefix}/{MARK}")


def _is_touched(node: Node) -> bool:
    return bool(saved(node, NAME) or saved(node, _FILES)) or _is_cache_old(node)


def _is_cache_old(node: Node) -> bool:
    return read_document(node, _CACHE) is not None


def _others(node: Node, part: dict) -> list[str]:
    return [prefix for prefix in saved(node, NAME) if prefix != dpdkplan.prefix(part)]


def _texts(part: dict) -> dict[str, str]:
    prefix, head = dpdkplan.prefix(part), "# Written by dpdk-node-agent.\n"
    path = f"{prefix}/lib/pkgconfig"
    return {
        LIBRARIES: f"{head}{prefix}/lib\n",
        PROFILE: f"{head}export PKG_CONFIG_PATH={path}${{PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}}\n"
        f"export PATH=$PATH:{prefix}/bin\n",
    }


def _say_build(part: dict) -> str:
    options = " ".join(part["options"])
    what = f"build DPDK {part['version']} from {part['url']} into {dpdkplan.prefix(part)}"
    return f"{what} ({options}){dpdkplan.remark(part)}"


# --- the build --------------------------------------------------------------------------------------------------------


def _build(node: Node, part: dict) -> None:
    """Every step leaves something that the next run finds, so that none is done twice."""
    from .. import dpdkarchive  # a check does not pay for what only a build needs

    prefix, seconds = dpdkplan.prefix(part), part["buildSeconds"]
    if node.exists(prefix) and (prefix not in saved(node, NAME) or not _is_ours(node, prefix)):
        raise Refused(
            "there is something already where DPDK would be installed, and it is not ours",
            where=prefix,
            remedy="move it away, or use it and take `dpdk` out of the fleet file",
        )
    folders.remember(node, NAME, prefix.rpartition("/")[0])
    save_once(node, NAME, prefix, None)
    work = f"{WORK}/{dpdkplan.name_of(part)}"
    for name in node.names(WORK):
        if f"{WORK}/{name}" != work:
            _delete(node, f"{WORK}/{name}")
    make_folders(node, work, 0o700)
    archive = dpdkarchive.bring(node, part, work)
    if not node.exists(f"{work}/source"):
        dpdkarchive.unpack(node, archive, f"{work}/source", _FILES_SECONDS)
    _configure(node, part, work)
    node.run("ninja", "-C", f"{work}/build", timeout=seconds)
    _install(node, part, work)


def _configure(node: Node, part: dict, work: str) -> None:
    """meson leaves a half configured folder where it is killed; that one is made anew."""
    if node.exists(f"{work}/configured"):
        return
    _delete(node, f"{work}/build")
    places = (f"--prefix={dpdkplan.prefix(part)}", "--libdir=lib", "--buildtype=release")
    node.run(
        "meson", "setup", *places, *part["options"], f"{work}/build", f"{work}/source", timeout=part["buildSeconds"]
    )  # fmt: skip
    node.write_file(f"{work}/configured", "")


def _install(node: Node, part: dict, work: str) -> None:
    """Beside its place, on the disk, and then in one step."""
    prefix = dpdkplan.prefix(part)
    staged = _staged(prefix)
    _delete(node, staged)
    make_folders(node, prefix.rpartition("/")[0])
    node.run(
        "env", f"DESTDIR={staged}", "meson", "install", "--no-rebuild", "-C", f"{work}/build", timeout=_FILES_SECONDS
    )  # fmt: skip
    node.write_file(f"{staged}{prefix}/{MARK}", json.dumps(dpdkplan.mark(part)) + "\n")
    node.run("sync", "-f", f"{staged}{prefix}/{MARK}", timeout=_FILES_SECONDS)
    _put_aside(node, prefix)
    node.rename(f"{staged}{prefix}", prefix)


def _announce(node: Node, part: dict) -> None:
    """Tells the loader and pkg-config where it is."""
    for path, text in _texts(part).items():
        if not is_as_asked(node, path, text):
            write_document(node, _CACHE, {})
            folders.remember(node, NAME, path.rpartition("/")[0])
            write_owned(node, _FILES, path, text)
    if _is_cache_old(node):
        node.run("ldconfig")
        drop_document(node, _CACHE)


def _clear(node: Node, prefix: str) -> None:
    """Takes away what only the build needed."""
    _clear_beside(node, prefix)
    _delete(node, WORK)


def _clear_beside(node: Node, prefix: str) -> None:
    _delete(node, _staged(prefix))
    _delete(node, _aside(prefix))


def _remove(node: Node, prefix: str) -> str:
    """Says what it did. Where a build never ended, what is there is somebody else's."""
    stays = node.exists(prefix) and not _is_ours(node, prefix)
    if not stays:
        _put_aside(node, prefix)
    _clear_beside(node, prefix)
    forget(node, NAME, prefix)
    return f"{prefix}: kept, it is not what was built" if stays else f"{prefix}: removed"


def _put_aside(node: Node, prefix: str) -> None:
    """Out of the way in one step: half of a folder could still have its mark, and be taken for a whole one."""
    if node.exists(prefix):
        _delete(node, _aside(prefix))
        node.rename(prefix, _aside(prefix))


def _staged(prefix: str) -> str:
    return f"{prefix}.dpdk-fleet-new"


def _aside(prefix: str) -> str:
    return f"{prefix}.dpdk-fleet-old"


def _delete(node: Node, folder: str) -> None:
    """All of a folder of our own in one step of ours: thousands of files, each removed on its own, take minutes."""
    if node.exists(folder):
        node.run("rm", "-rf", "--one-file-system", folder, timeout=_FILES_SECONDS)
