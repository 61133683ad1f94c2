"""Kernel modules: loaded now, and at every boot through /etc/modules-load.d."""

from __future__ import annotations

from ..errors import AgentError, Refused
from ..node import Node
from ..ownedfiles import is_as_asked, restore_owned, write_owned
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import number, value
from ..vfio import DRIVER, has_groups, require_groups

NAME = "modules"
PHASE = "run"

FILE = "/etc/modules-load.d/dpdk-fleet.conf"
_FILES = "modules.files"


def check(node: Node, plan: dict) -> Finding:
    wanted = plan["modules"]
    missing = [name for name in wanted if not _is_there(node, name)]
    written = not wanted or is_as_asked(node, FILE, _text(wanted))
    if DRIVER in wanted and not has_groups(node) and not plan.get("vfioNoIommu"):
        return partial("vfio-pci cannot own a NIC: no IOMMU is at work (kernel argument intel_iommu=on)")
    if _obsolete(node, wanted):
        return partial(f"loaded for an earlier plan: {', '.join(_obsolete(node, wanted))}")
    if not missing and written:
        return ok(f"loaded: {', '.join(wanted)}" if wanted else "no module asked for")
    if missing == wanted and not node.exists(FILE):
        return absent(f"not loaded: {', '.join(missing)}")
    return partial(f"not loaded: {', '.join(missing)}" if missing else f"{FILE} does not load what is asked for")


def apply(node: Node, plan: dict) -> None:
    wanted = plan["modules"]
    if DRIVER in wanted:
        require_groups(node, plan)
    _refuse_uio_under_lockdown(node, wanted)
    for name in _obsolete(node, wanted):
        _put_back(node, name)
    for name in wanted:
        if name not in saved(node, NAME):
            save_once(node, NAME, name, {"loaded": _is_there(node, name), "brings": _brings(node, name)})
        if not _is_there(node, name):
            _load(node, name)
    if not wanted:
        restore_owned(node, _FILES)
    elif not is_as_asked(node, FILE, _text(wanted)):
        write_owned(node, _FILES, FILE, _text(wanted))


def revert(node: Node) -> list[str]:
    done = restore_owned(node, _FILES)
    for name in reversed(list(saved(node, NAME))):
        done.append(_put_back(node, name))
    return done


def explain(node: Node, plan: dict) -> list[str]:
    wanted = plan["modules"]
    lines = [f"unload the module {name}" for name in _obsolete(node, wanted)]
    lines += [f"load the module {name}" for name in wanted if not _is_there(node, name)]
    if wanted and not is_as_asked(node, FILE, _text(wanted)):
        lines.append(f"write {FILE}: {', '.join(wanted)} at every boot")
    return lines


def lockdown(node: Node) -> str:
    """The kernel's lockdown: none, integrity or confidentiality (the word in brackets)."""
    text = value(node, "/sys/kernel/security/lockdown") or "[none]"
    return text.partition("[")[2].partition("]")[0] or "none"


def _text(wanted: list[str]) -> str:
    return "".join(f"{name}\n" for name in ["# Written by dpdk-node-agent.", *wanted])


def _folder(name: str) -> str:
    # The kernel writes module names with underscores wherever they came with hyphens.
    return f"/sys/module/{name.replace('-', '_')}"


def _is_there(node: Node, name: str) -> bool:
    return node.exists(_folder(name))


def _obsolete(node: Node, wanted: list[str]) -> list[str]:
    return [name for name in saved(node, NAME) if name not in wanted]


def _load(node: Node, name: str) -> None:
    try:
        node.run("modprobe", name)
    except AgentError as failed:
        locked = lockdown(node)
        remedy = "install the package of the running kernel that carries it"
        if locked != "none":
            remedy = f"the kernel is locked down ({locked}) and takes signed modules only: {remedy}"
        raise AgentError(f"the module {name} cannot be loaded", value=failed.value, remedy=remedy) from failed
    if not _is_there(node, name):
        raise AgentError(f"the module {name} was loaded and is not there", where=_folder(name), remedy="look at dmesg")


def _put_back(node: Node, name: str) -> str:
    """Unloads a module that was not loaded before, unless somebody uses it."""
    before = saved(node, NAME)[name]
    said = f"module {name}: left as it was"
    if not before["loaded"]:
        unloaded = [_unload(node, each) for each in [name, *reversed(before["brings"])]]
        said = f"module {name}: unloaded" if unloaded[0] else f"module {name}: still in use, it goes at the next boot"
    forget(node, NAME, name)
    return said


def _brings(node: Node, name: str) -> list[str]:
    """The other modules that come with it and are not there yet, in the order in which they load."""
    lines = [line.split() for line in node.ask("modprobe", "--show-depends", name).out.splitlines()]
    files = [line[1].rpartition("/")[2] for line in lines if line[:1] == ["insmod"]]
    names = dict.fromkeys(file.partition(".ko")[0] for file in files)
    return [each for each in names if _folder(each) != _folder(name) and not _is_there(node, each)]


def _unload(node: Node, name: str) -> bool:
    """Unloads a module and what nobody else needs of what it needed; False while it is used."""
    if not _is_there(node, name):
        return True
    if number(node, f"{_folder(name)}/refcnt") != 0:
        return False
    node.run("modprobe", "-r", name)
    return True


def _refuse_uio_under_lockdown(node: Node, wanted: list[str]) -> None:
    """UIO gives a process the device's memory without an IOMMU; a locked-down kernel refuses that less clearly."""
    locked = lockdown(node)
    for name in wanted:
        if "uio" in name and locked != "none":
            raise Refused(
                f"the module {name} cannot work on a locked-down kernel",
                where="/sys/kernel/security/lockdown",
                value=locked,
                remedy="use vfio-pci",
            )
