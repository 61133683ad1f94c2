"""hugetlbfs mounts as systemd units, so that they come back at boot with the same page size, mode and owner."""

from __future__ import annotations

from .. import folders, units
from ..accounts import gid, known_gid, known_uid, uid
from ..errors import AgentError, Refused
from ..node import Node
from ..sizes import kib
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved

NAME = "hugepage-mounts"
PHASE = "run"

# Not local-fs.target: a mount that fails there stops the boot in emergency mode, without SSH.
_TARGET = "multi-user.target"


def check(node: Node, plan: dict) -> Finding:
    wanted = plan["hugepageMounts"]
    wrong = [_state(node, mount) for mount in wanted if not _is_right(node, mount)]
    wrong += [f"{path}: mounted for an earlier plan" for path in _obsolete(node, wanted)]
    if not wrong:
        return ok(", ".join(mount["path"] for mount in wanted) or "no mount asked for")
    nothing = wanted and not saved(node, NAME) and all(not _options(node, mount["path"]) for mount in wanted)
    return absent(", ".join(wrong)) if nothing else partial(", ".join(wrong))


def apply(node: Node, plan: dict) -> None:
    wanted = plan["hugepageMounts"]
    for mount in wanted:
        _refuse_foreign(node, mount)
    for path in _obsolete(node, wanted):
        _put_back(node, path)
    for mount in wanted:
        if not _is_right(node, mount):
            _mount(node, mount)


def revert(node: Node) -> list[str]:
    return [_put_back(node, path) for path in saved(node, NAME)]


def explain(node: Node, plan: dict) -> list[str]:
    wanted = plan["hugepageMounts"]
    lines = [f"unmount {path} of an earlier plan" for path in _obsolete(node, wanted)]
    lines += [f"mount hugepages of {m['size']} at {m['path']}" for m in wanted if not _is_right(node, m)]
    return lines


def lacks(node: Node, mount: dict) -> str:
    """What is wrong with a mount as it is now, whoever made it; empty where nothing."""
    return _state(node, mount)


def unit_name(path: str) -> str:
    """The unit that systemd insists on for a mount point (systemd.unit(5), "String escaping")."""
    letters = []
    for place, letter in enumerate(path.strip("/")):
        if letter == "/":
            letters.append("-")
        elif (letter.isascii() and letter.isalnum()) or letter in ":_" or (letter == "." and place > 0):
            letters.append(letter)
        else:
            letters += [f"\\x{byte:02x}" for byte in letter.encode()]
    return "".join(letters) + ".mount"


def unit_text(node: Node, mount: dict) -> str:
    options = f"pagesize={mount['size']},mode={mount['mode']}"
    options += f",uid={uid(node, mount['owner'])},gid={gid(node, mount['group'])}"
    return (
        "# Written by dpdk-node-agent.\n"
        f"[Unit]\nDescription=Hugepages of {mount['size']} for DPDK\n\n"
        f"[Mount]\nWhat=hugetlbfs\nWhere={mount['path']}\nType=hugetlbfs\nOptions={options}\n\n"
        f"[Install]\nWantedBy={_TARGET}\n"
    )


def _stage(path: str) -> str:
    """Each mount point keeps its own unit, so that one can go without the others."""
    return f"{NAME}.{unit_name(path)}"


def _mount(node: Node, mount: dict) -> None:
    path, name = mount["path"], unit_name(mount["path"])
    save_once(node, NAME, path, None)
    folders.make(node, _stage(path), path)
    units.install(node, _stage(path), name, unit_text(node, mount), _TARGET)
    # A restart, not a reload: the page size cannot change in a remount.
    node.run("systemctl", "restart" if _options(node, path) else "start", name)
    if not _is_right(node, mount):
        raise AgentError(
            "the hugepage mount came out differently",
            where=path,
            value=_state(node, mount),
            remedy=f"look at `systemctl status {name}`",
        )


def _put_back(node: Node, path: str) -> str:
    if _options(node, path) is not None and units.owned(node, _stage(path)):
        node.run("systemctl", "stop", unit_name(path))
    units.remove(node, _stage(path))
    folders.give_back(node, _stage(path))
    forget(node, NAME, path)
    return f"{path}: unmounted"


def _is_right(node: Node, mount: dict) -> bool:
    return _state(node, mount) == "" and _unit_is_right(node, mount)


def _unit_is_right(node: Node, mount: dict) -> bool:
    """Where somebody else has mounted the same already, there is no unit of ours and none is needed."""
    if mount["path"] not in saved(node, NAME):
        return True
    return units.is_installed(node, unit_name(mount["path"]), unit_text(node, mount), _TARGET)


def _state(node: Node, mount: dict) -> str:
    """What is wrong with a mount; empty where nothing."""
    options = _options(node, mount["path"])
    if options is None:
        return f"{mount['path']}: not mounted"
    wanted = {
        "pagesize": str(kib(mount["size"])),
        "mode": str(int(mount["mode"], 8)),
        "uid": str(known_uid(node, mount["owner"])),
        "gid": str(known_gid(node, mount["group"])),
    }
    found = {
        "pagesize": str(kib(options.get("pagesize", "2M"))),
        "mode": str(int(options.get("mode", "755"), 8)),
        "uid": options.get("uid", "0"),
        "gid": options.get("gid", "0"),
    }
    wrong = [name for name in wanted if wanted[name] != found[name]]
    return f"{mount['path']}: mounted with another {', '.join(wrong)}" if wrong else ""


def _options(node: Node, path: str) -> dict[str, str] | None:
    """The options of the hugetlbfs that is mounted last at `path`, or None."""
    found = _mounted(node, path)
    if found is None or found[0] != "hugetlbfs":
        return None
    pairs = (option.partition("=") for option in found[1].split(","))
    return {name: text for name, _, text in pairs}


def _mounted(node: Node, path: str) -> tuple[str, str] | None:
    """The type and the options of what is mounted last at `path` (proc(5): spaces stand as \\040)."""
    found = None
    for line in (node.read("/proc/self/mounts") or "").splitlines():
        parts = line.split(" ")
        if len(parts) > 3 and parts[1] == path.replace(" ", "\\040"):
            found = (parts[2], parts[3])
    return found


def _refuse_foreign(node: Node, mount: dict) -> None:
    found = _mounted(node, mount["path"])
    if found and mount["path"] not in saved(node, NAME) and _state(node, mount):
        raise Refused(
            "something else is mounted where the hugepages should be",
            where=mount["path"],
            value=f"{found[0]} with {found[1]}",
            remedy="unmount it and take it out of /etc/fstab",
        )


def _obsolete(node: Node, wanted: list[dict]) -> list[str]:
    paths = [mount["path"] for mount in wanted]
    return [path for path in saved(node, NAME) if path not in paths]
