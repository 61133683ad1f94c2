"""Kernel settings under /proc/sys: now, and at every boot through /etc/sysctl.d."""

from __future__ import annotations

from ..errors import AgentError, Refused
from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import value

NAME = "sysctl"
PHASE = "run"

FILE_NAME = "90-dpdk-fleet.conf"
FILE = f"/etc/sysctl.d/{FILE_NAME}"
_FILES = "sysctl.files"
# Where systemd-sysctl looks; of two files with one name the first folder's counts (sysctl.d(5)).
_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")


def check(node: Node, plan: dict) -> Finding:
    wanted = plan["sysctl"]
    wrong = [f"{entry['key']} is {_running(node, entry['key'])}" for entry in wanted if not _is_running(node, entry)]
    obsolete = [f"{key}: set for an earlier plan" for key in _obsolete(node, wanted)]
    overridden = _overridden(node, wanted)
    written = not wanted or is_as_asked(node, FILE, _text(wanted))
    if written and not wrong and not obsolete and not overridden:
        return ok(", ".join(f"{entry['key']}={entry['value']}" for entry in wanted) or "no setting asked for")
    if wanted and len(wrong) == len(wanted) and not node.exists(FILE):
        return absent(", ".join(wrong))
    unwritten = [] if written else [f"{FILE} is not as asked"]
    return partial("; ".join(wrong + obsolete + unwritten + overridden))


def apply(node: Node, plan: dict) -> None:
    wanted = plan["sysctl"]
    for entry in wanted:
        _refuse_unknown(node, entry["key"])
    for key in _obsolete(node, wanted):
        _put_back(node, key)
    if not wanted:
        restore_owned(node, _FILES)
    elif not is_as_asked(node, FILE, _text(wanted)):
        write_owned(node, _FILES, FILE, _text(wanted))
    for entry in wanted:
        save_once(node, NAME, entry["key"], _running(node, entry["key"]))
        if not _is_running(node, entry):
            _set(node, entry)


def revert(node: Node) -> list[str]:
    done = restore_owned(node, _FILES)
    return done + [_put_back(node, key) for key in saved(node, NAME)]


def explain(node: Node, plan: dict) -> list[str]:
    wanted = plan["sysctl"]
    lines = [f"put {key} back as it was" for key in _obsolete(node, wanted)]
    for entry in wanted:
        if not _is_running(node, entry):
            lines.append(f"set {entry['key']} to {entry['value']}, now {_running(node, entry['key'])}")
    if wanted and not is_as_asked(node, FILE, _text(wanted)):
        lines.append(f"write {FILE}")
    return lines


def _text(wanted: list[dict]) -> str:
    return "".join(["# Written by dpdk-node-agent.\n", *(f"{entry['key']} = {entry['value']}\n" for entry in wanted)])


def _file(key: str) -> str:
    """The file of a key. The first separator says what the other one means (sysctl.d(5)): net.ipv4.conf.eth0/7.mtu."""
    dots_separate = "/" not in key or (0 <= key.find(".") < key.find("/"))
    path = key.translate(str.maketrans("./", "/.")) if dots_separate else key
    return f"/proc/sys/{path}"


def _running(node: Node, key: str) -> str | None:
    """The running value; fields stand a single space apart, whatever the kernel writes between them."""
    text = value(node, _file(key))
    return None if text is None else " ".join(text.split())


def _is_running(node: Node, entry: dict) -> bool:
    return _running(node, entry["key"]) == " ".join(entry["value"].split())


def _obsolete(node: Node, wanted: list[dict]) -> list[str]:
    keys = [entry["key"] for entry in wanted]
    return [key for key in saved(node, NAME) if key not in keys]


def _refuse_unknown(node: Node, key: str) -> None:
    parts = _file(key).split("/")
    if ".." in parts or not node.exists(_file(key)):
        raise Refused(
            "the kernel has no such setting",
            where="sysctl",
            value=key,
            remedy="correct the key, or name its module under modules",
        )


def _set(node: Node, entry: dict) -> None:
    node.write_value(_file(entry["key"]), entry["value"])
    if not _is_running(node, entry):
        raise AgentError(
            f"the kernel made something else of {entry['key']}={entry['value']}",
            where=_file(entry["key"]),
            value=str(_running(node, entry["key"])),
            remedy="ask for a value that the kernel keeps",
        )


def _put_back(node: Node, key: str) -> str:
    before = saved(node, NAME)[key]
    if before is not None and node.exists(_file(key)) and _running(node, key) != before:
        node.write_value(_file(key), before)
    forget(node, NAME, key)
    return f"{key}: {before} as before"


def _overridden(node: Node, wanted: list[dict]) -> list[str]:
    """Settings of ours that a file further down the order will change back at the next boot."""
    values = {_file(entry["key"]): entry for entry in wanted}
    found = []
    for path in _later_files(node):
        for key, text in settings(node.read(path) or ""):
            entry = values.get(_file(key))
            if entry and " ".join(text.split()) != " ".join(entry["value"].split()):
                found.append(f"{path} comes after {FILE_NAME} and sets {key} to {text} at boot: take it out there")
    return found


def _later_files(node: Node) -> list[str]:
    return [path for path in _effective(node) if path.rpartition("/")[2] > FILE_NAME]


def all_files(node: Node) -> list[str]:
    """Every file that the boot or `sysctl --system` reads, in their order; of procps alone the last one."""
    return [*_effective(node), *(["/etc/sysctl.conf"] if node.exists("/etc/sysctl.conf") else [])]


def _effective(node: Node) -> list[str]:
    first: dict[str, str] = {}
    for folder in _FOLDERS:
        for name in node.names(folder):
            first.setdefault(name, f"{folder}/{name}")
    return [first[name] for name in sorted(first) if name.endswith(".conf")]


def settings(text: str) -> list[tuple[str, str]]:
    """Keys and values of a file, as they stand there."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.lstrip("-").partition("=") for line in lines if line and line[0] not in "#;" and "=" in line)
    return [(key.strip(), text.strip()) for key, _, text in pairs]
