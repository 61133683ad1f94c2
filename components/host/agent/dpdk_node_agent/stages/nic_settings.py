"""Settings of NICs that stay with the kernel, as ethtool makes them: offloads, rings, channels, pause, coalescing.

A kernel forgets them at a reboot, so the boot unit makes them again. On a NIC that carries the way in only those are
made that never reset it: a driver that fails in the middle of a reset leaves it without link, and nobody could get in
to mend that. The others are refused there, whoever asks: a management NIC needs none of them."""

from __future__ import annotations

import errno
from typing import NamedTuple

from ..errors import AgentError, Refused
from ..ethtool import GROUPS, OFFLOADS, Answer, read, write
from ..identity import refuse_another_card
from ..node import Node
from ..pci import exists, interfaces, own_mac, virtual_functions
from ..polling import until
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..vfio import free

NAME = "nic-settings"
PHASE = "run"

# What the kernel calls the offloads of `ethtool -K` (net/ethtool/common.c, netdev_features_strings).
_FEATURES = {
    "gro": ("rx-gro",),
    "lro": ("rx-lro",),
    "tso": ("tx-tcp-segmentation", "tx-tcp6-segmentation", "tx-tcp-ecn-segmentation"),
    "gso": ("tx-generic-segmentation",),
}
# GRO and GSO are the kernel's own work, TSO is asked for in each packet's descriptor. All else may reset a card: ixgbe
# does for LRO and for coalescing too (ixgbe_set_features, ixgbe_set_coalesce), igb for rings, channels and pause.
_WITHOUT_RESET = {feature for name in ("gro", "tso", "gso") for feature in _FEATURES[name]}
# A driver answers when its reset is done; flow control may be told only with the link, which 1000BASE-T has in 3 s.
_SETTLE_SECONDS = 10


class Change(NamedTuple):
    """Settings of one group of one NIC that have to get other values."""

    pci: str
    interface: str
    group: str
    values: dict[str, int]

    def says(self) -> list[str]:
        return [f"{self.group}.{name}" for name in self.values]

    def resets(self) -> bool:
        return not (self.group == OFFLOADS and _WITHOUT_RESET.issuperset(self.values))


def check(node: Node, plan: dict) -> Finding:
    wanted = _wanted(plan)
    wrong = [line for nic in wanted for line in _wrong(node, nic)]
    obsolete = [f"{_key_says(key)}: set for an earlier plan" for key in _obsolete(node, wanted)]
    if not wrong and not obsolete:
        return ok(", ".join(f"{nic['name']}: {_says(nic)}" for nic in wanted) or "no NIC setting asked for")
    asked = sum(len(settings) for nic in wanted for settings in nic["settings"].values())
    saw = "; ".join(wrong + obsolete)
    return absent(saw) if wrong and len(wrong) >= asked and not obsolete else partial(saw)


def apply(node: Node, plan: dict) -> None:
    from ..way_in import refuse_way_in, way_in  # no check needs its addresses and routes

    wanted = _wanted(plan)
    changes = []
    for nic in wanted:
        _refuse_impossible(node, nic)
        changes += _changes(node, nic)
    back = _back(node, _obsolete(node, wanted))
    resetting = [change for change in [*back, *changes] if change.resets()]
    if resetting:
        what = f"changing {', '.join(text for change in resetting for text in change.says())}, which resets the NIC,"
        refuse_way_in(node, way_in(node).without_neighbours(), [change.pci for change in resetting], what)
    for pci in dict.fromkeys(change.pci for change in resetting):
        for function in virtual_functions(node, pci):
            free(node, function)
    _put_back(node, _obsolete(node, wanted), back)
    for nic in wanted:
        _keep_originals(node, nic)
    for change in changes:
        _make(node, change)
    _refuse_other_values(node, wanted)


def revert(node: Node) -> list[str]:
    """Where a NIC carries the way in by now, what would reset it comes back at the next boot: no kernel keeps it."""
    from ..way_in import way_in

    keys = list(saved(node, NAME))
    back = _back(node, keys)
    resetting = [change for change in back if change.resets()]
    way = way_in(node) if resetting else None
    later = [change for change in resetting if way and (way.lost or change.pci in way.carrying)]
    done = [f"reboot: {', '.join(change.says())} of {change.interface}, which carries the way in" for change in later]
    return done + _put_back(node, keys, [change for change in back if change not in later])


def explain(node: Node, plan: dict) -> list[str]:
    wanted = _wanted(plan)
    lines = [f"put {_key_says(key)} back as it was" for key in _obsolete(node, wanted)]
    return lines + [f"set {line}" for nic in wanted for line in _wrong(node, nic)]


def _wanted(plan: dict) -> list[dict]:
    return [nic for nic in plan["nics"] if nic.get("settings")]


def _says(nic: dict) -> str:
    """Settings as the fleet file has them: `offloads.gro=off, rings.rx=4096`."""
    return ", ".join(
        f"{group}.{name}={_text(value)}" for group, part in nic["settings"].items() for name, value in part.items()
    )


def _text(value: int) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _fields(group: str, name: str, seen: Answer) -> tuple[str, ...]:
    """What a setting of the plan is made of: TSO is several features, of which a driver need not have all."""
    if group == OFFLOADS:
        there = tuple(feature for feature in _FEATURES[name] if feature in seen.values and feature not in seen.fixed)
        return there or _FEATURES[name][:1]
    # A driver that adapts its coalescing to the load takes no notice of the number.
    return (name, f"adaptive{name[:2].capitalize()}") if group == "coalescing" else (name,)


def _values(group: str, name: str, value: int, seen: Answer) -> dict[str, int]:
    return {field: 0 if field.startswith("adaptive") else int(value) for field in _fields(group, name, seen)}


def _wrong(node: Node, nic: dict) -> list[str]:
    """What differs from the plan, a text for each setting."""
    names = interfaces(node, nic["pci"])
    if not names:
        return [f"{nic['name']} ({nic['pci']}): no network interface"]
    found = []
    for group, part in nic["settings"].items():
        seen = read(node, names[0], group)
        for name, value in part.items():
            where = f"{group}.{name} of {names[0]}"
            if seen is None:
                found.append(f"{where} to {_text(value)}: its driver has no {group}")
                continue
            wanted = _values(group, name, value, seen)
            now = [f"{field} {seen.values.get(field)}" for field in wanted if seen.values.get(field) != wanted[field]]
            if now:
                found.append(f"{where} to {_text(value)}, now {', '.join(now)}")
    return found


def _changes(node: Node, nic: dict) -> list[Change]:
    name, found = interfaces(node, nic["pci"])[0], []
    for group, part in nic["settings"].items():
        seen = read(node, name, group)
        assert seen is not None  # _refuse_impossible has looked
        wanted: dict[str, int] = {}
        for setting, value in part.items():
            wanted.update(_values(group, setting, value, seen))
        differing = {field: value for field, value in wanted.items() if seen.values.get(field) != value}
        if differing:
            found.append(Change(nic["pci"], name, group, differing))
    return found


def _keep_originals(node: Node, nic: dict) -> None:
    """Also of a setting that is right already: another tool may have made it, and the boot unit looks after it now."""
    name = interfaces(node, nic["pci"])[0]
    for group, part in nic["settings"].items():
        seen = read(node, name, group)
        for field in (field for setting in part for field in _all_fields(group, setting)):
            if seen and field in seen.requested:
                before = {"mac": own_mac(node, name), "value": seen.requested[field]}
                save_once(node, NAME, _key(nic["pci"], group, field), before)


def _make(node: Node, change: Change) -> None:
    try:
        if change.group == "pause":
            _force_pause(node, change)
        else:
            write(node, change.interface, change.group, change.values)
    except OSError as failed:
        raise AgentError(
            "the driver refuses this setting",
            where=change.interface,
            value=f"{', '.join(f'{change.group}.{field}={value}' for field, value in change.values.items())}: "
            f"{failed.strerror}",
            remedy=_what_lets_go(node, change, failed)
            or "look at dmesg and the driver's documentation, then correct settings of this NIC in the fleet file",
        ) from failed


def _what_lets_go(node: Node, change: Change, failed: OSError) -> str:
    """ice changes no channels while RDMA is active, which it is as soon as irdma is loaded (ice_ethtool.c,
    ice_set_channels). `modprobe -r` would take i40e along, which may carry the way in."""
    if failed.errno != errno.EBUSY or change.group != "channels" or not node.exists("/sys/module/irdma"):
        return ""
    return (
        "irdma holds the channels of Intel's cards: run `rmmod irdma` on the node, add module_blacklist=irdma to "
        "kernel.extraArguments, then run up again"
    )


def _force_pause(node: Node, change: Change) -> None:
    """While pause is negotiated, the link's partner decides (igb ignores the values then). Drivers that negotiate it
    with the link as a whole (i40e, ice) refuse to do otherwise, and take the values as they are."""
    try:
        write(node, change.interface, change.group, {**change.values, "autoneg": 0})
    except OSError:
        write(node, change.interface, change.group, change.values)


def _refuse_other_values(node: Node, wanted: list[dict]) -> None:
    """Drivers round, and some take a value and keep their own."""
    if not until(lambda: not any(_wrong(node, nic) for nic in wanted), _SETTLE_SECONDS, 0.5):
        raise AgentError(
            "the driver made something else of a setting",
            where=NAME,
            value="; ".join(line for nic in wanted for line in _wrong(node, nic)),
            remedy="ask for the value that it keeps, or leave the setting out",
        )


def _key(pci: str, group: str, field: str) -> str:
    return f"{pci} {group}.{field}"


def _key_says(key: str) -> str:
    pci, _, setting = key.partition(" ")
    return f"{setting} of {pci}"


def _obsolete(node: Node, wanted: list[dict]) -> list[str]:
    """Settings that were changed and are not asked for any more."""
    asked = {
        _key(nic["pci"], group, field)
        for nic in wanted
        for group, part in nic["settings"].items()
        for name in part
        for field in _all_fields(group, name)
    }
    return [key for key in saved(node, NAME) if key not in asked]


def _all_fields(group: str, name: str) -> tuple[str, ...]:
    if group == OFFLOADS:
        return _FEATURES[name]
    more = {"coalescing": f"adaptive{name[:2].capitalize()}", "pause": "autoneg"}
    return (name, more[group]) if group in more else (name,)


def _back(node: Node, keys: list[str]) -> list[Change]:
    """What has to be changed so that these settings are what they were; nothing on a NIC that is gone, or on another
    that a boot has put at its address."""
    originals, found = saved(node, NAME), []
    for pci in dict.fromkeys(key.partition(" ")[0] for key in keys):
        names = interfaces(node, pci) if exists(node, pci) else []
        for group in GROUPS if names else ():
            start = _key(pci, group, "")
            if not any(key.startswith(start) for key in keys):
                continue
            seen = read(node, names[0], group)
            mine = [key for key in keys if key.startswith(start) and originals[key]["mac"] == own_mac(node, names[0])]
            before = {key[len(start) :]: originals[key]["value"] for key in mine}
            differing = {field: value for field, value in before.items() if seen and seen.requested.get(field) != value}
            if differing:
                found.append(Change(pci, names[0], group, differing))
    return found


def _put_back(node: Node, keys: list[str], back: list[Change]) -> list[str]:
    for change in back:
        try:
            write(node, change.interface, change.group, change.values)
        except OSError as failed:
            raise AgentError(
                "the driver does not take back what it had",
                where=change.interface,
                value=f"{', '.join(change.says())}: {failed.strerror}",
                remedy="look at dmesg; a reboot brings its own values back",
            ) from failed
    for key in keys:
        forget(node, NAME, key)
    return [f"{', '.join(change.says())} of {change.interface}: as before" for change in back]


def _refuse_impossible(node: Node, nic: dict) -> None:
    """What the driver cannot do, before anything is changed, with what it can."""
    refuse_another_card(node, nic)
    names = interfaces(node, nic["pci"])
    if not names:
        raise Refused(
            "a NIC without network interface has no settings",
            where=f"{nic['name']} ({nic['pci']})",
            remedy="leave it with its kernel driver, or take settings out of the fleet file",
        )
    for group, part in nic["settings"].items():
        seen = read(node, names[0], group)
        if seen is None:
            has = ", ".join(each for each in GROUPS if read(node, names[0], each)) or "none"
            raise Refused(
                f"the driver has no settings of the kind {group}",
                where=f"{names[0]} ({nic['name']})",
                value=f"it has {has}",
                remedy=f"take settings.{group} out of the fleet file",
            )
        for name, value in part.items():
            _refuse_value(f"{names[0]} ({nic['name']})", group, name, value, seen)


def _refuse_value(where: str, group: str, name: str, value: int, seen: Answer) -> None:
    most = seen.most.get(name)
    if most is not None and value > most:
        raise Refused(
            f"the driver does not take {group}.{name}={value}",
            where=where,
            value=f"{most} at most, now {seen.values[name]}",
            remedy=f"ask for {most} or less" if most else f"take settings.{group} out of the fleet file",
        )
    fixed = [field for field in _fields(group, name, seen) if field in seen.fixed or field not in seen.requested]
    if any(seen.values.get(field) != int(value) for field in fixed):
        raise Refused(
            f"the driver does not let anybody turn {name} {_text(value)}",
            where=where,
            value=f"{', '.join(fixed)} fixed at {_text(not value)}",
            remedy=f"take settings.{group}.{name} out of the fleet file",
        )
