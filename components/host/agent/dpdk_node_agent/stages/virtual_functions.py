"""SR-IOV virtual functions: their number and their addresses, in the one order that igb's mailbox survives:
physical function up and its carrier there, then the functions, then their addresses. Binding is another stage's."""

from __future__ import annotations

from ..errors import AgentError, Refused
from ..identity import refuse_another_card
from ..node import Node
from ..pci import DEVICES, carrier, exists, interfaces, is_up, own_mac, virtual_function, virtual_functions
from ..polling import until
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved
from ..sysfs import number, value
from ..vfio import free
from ..vfinfo import VfInfo, vf_infos

NAME = "virtual-functions"
PHASE = "run"

# 1000BASE-T negotiates in 3 s or less, switches with spanning tree take 30 s to forward but give carrier before.
CARRIER_SECONDS = 30
# The kernel makes the functions' folders before the write returns; udev may still be renaming the interface.
INTERFACE_SECONDS = 10


def check(node: Node, plan: dict) -> Finding:
    wanted = _wanted(plan)
    if not wanted and not _obsolete(node, wanted):
        return ok("no virtual function asked for")
    wrong = [text for nic in wanted for text in _wrong(node, nic, vf_infos(node, nic["pci"]))]
    wrong += [f"{pci}: virtual functions of an earlier plan" for pci in _obsolete(node, wanted)]
    if not wrong:
        return ok(", ".join(f"{nic['name']}: {_count(nic)} functions" for nic in wanted))
    nothing = wanted and all(not number(node, f"{DEVICES}/{nic['pci']}/sriov_numvfs") for nic in wanted)
    return absent("; ".join(wrong)) if nothing else partial("; ".join(wrong))


def apply(node: Node, plan: dict) -> None:
    from ..way_in import refuse_way_in, way_in  # no check needs its addresses and routes
    from .nic_binding import give_card_back

    wanted = _wanted(plan)
    for nic in wanted:
        _refuse_impossible(node, nic)
    for nic in wanted:
        give_card_back(node, nic["pci"])
    changing = [nic["pci"] for nic in wanted if _wrong(node, nic, vf_infos(node, nic["pci"]))] + _obsolete(node, wanted)
    if changing:
        refuse_way_in(node, way_in(node), changing, "changing virtual functions, which resets the physical function,")
    for nic in wanted:
        if _changes_number(node, nic):
            _free(node, nic["pci"])
    for pci in _obsolete(node, wanted):
        _put_back(node, pci)
    for nic in wanted:
        if nic["pci"] in changing:
            _make(node, nic)


def revert(node: Node) -> list[str]:
    """Functions of a card by which operators have come in since stay until the next boot: no kernel keeps them."""
    from ..way_in import way_in

    originals = saved(node, NAME)
    changing = [pci for pci in originals if number(node, f"{DEVICES}/{pci}/sriov_numvfs") != originals[pci]["numvfs"]]
    way = way_in(node) if any(exists(node, pci) for pci in changing) else None
    done = []
    for pci in originals:
        if way and pci in changing and (way.lost or pci in way.carrying):
            forget(node, NAME, pci)
            done.append(f"reboot: {pci} has its virtual functions until then, because it carries the way in")
        else:
            done.append(_put_back(node, pci))
    return done


def explain(node: Node, plan: dict) -> list[str]:
    wanted = _wanted(plan)
    lines = [f"put the virtual functions of {pci} back as they were" for pci in _obsolete(node, wanted)]
    for nic in wanted:
        lines += [f"correct {text}" for text in _wrong(node, nic, vf_infos(node, nic["pci"]))]
    return lines


def _wanted(plan: dict) -> list[dict]:
    return [nic for nic in plan["nics"] if nic.get("virtualFunctions")]


def _obsolete(node: Node, wanted: list[dict]) -> list[str]:
    asked = [nic["pci"] for nic in wanted]
    return [pci for pci in saved(node, NAME) if pci not in asked]


def _count(nic: dict) -> int:
    """Functions are made from index 0 on; a gap in the plan is a function that nobody uses."""
    return max(function["index"] for function in nic["virtualFunctions"]) + 1


def _asked_macs(nic: dict) -> dict[int, str]:
    """By index; a function without an address in the plan keeps the card's random one."""
    return {function["index"]: function["mac"].lower() for function in nic["virtualFunctions"] if function.get("mac")}


def _asked_trust(nic: dict) -> dict[int, bool]:
    return {function["index"]: function.get("trust", False) for function in nic["virtualFunctions"]}


def _changes_number(node: Node, nic: dict) -> bool:
    return number(node, f"{DEVICES}/{nic['pci']}/sriov_numvfs") != _count(nic)


def _wrong(node: Node, nic: dict, infos: dict[int, VfInfo]) -> list[str]:
    """What differs from the plan, a text each."""
    pci, now = nic["pci"], number(node, f"{DEVICES}/{nic['pci']}/sriov_numvfs")
    names = interfaces(node, pci)
    if now is None or not names:
        return [f"{pci}: no network interface with SR-IOV"]
    wrong = [] if is_up(node, names[0]) else [f"{names[0]}: down"]
    if now != _count(nic):
        return wrong + [f"{pci}: {now} functions of {_count(nic)}"]
    asked = _asked_macs(nic)
    macs = {index: info.mac for index, info in infos.items()}
    wrong += [
        f"{pci} function {index}: address {macs.get(index)}, asked {mac}"
        for index, mac in asked.items()
        # A port of a bond has taken the address of the other: that is what it is trusted for.
        if macs.get(index) not in (asked.values() if _asked_trust(nic)[index] else [mac])
    ]
    return wrong + [
        f"{pci} function {index}: trust {'off' if trust else 'on'}, asked {'on' if trust else 'off'}"
        for index, trust in _asked_trust(nic).items()
        if index in infos and bool(infos[index].trusted) != trust
    ]


def _make(node: Node, nic: dict) -> None:
    pci = nic["pci"]
    save_once(node, NAME, pci, _original(node, pci))
    if not is_up(node, _interface(node, pci)):
        node.run("ip", "link", "set", _interface(node, pci), "up")
    _wait_for_carrier(node, pci)
    if _changes_number(node, nic):
        _autoprobe(
            node, pci, "0"
        )  # else the kernel's VF driver takes the functions and gives them addresses of its own
        _set_number(node, pci, _count(nic))
    _set_trust(node, pci, _asked_trust(nic))
    _set_macs(node, pci, _asked_macs(nic))
    wrong = _wrong(node, nic, vf_infos(node, pci))
    if wrong:
        raise AgentError(
            "the virtual functions came out differently",
            where=pci,
            value="; ".join(wrong),
            remedy="look at dmesg of the physical function",
        )


def _original(node: Node, pci: str) -> dict:
    infos = vf_infos(node, pci)
    return {
        "mac": own_mac(node, _interface(node, pci)),
        "numvfs": number(node, f"{DEVICES}/{pci}/sriov_numvfs"),
        "autoprobe": value(node, f"{DEVICES}/{pci}/sriov_drivers_autoprobe"),
        "up": is_up(node, _interface(node, pci)),
        "macs": {str(index): info.mac for index, info in infos.items()},
        "trusted": {str(index): bool(info.trusted) for index, info in infos.items()},
    }


def _put_back(node: Node, pci: str) -> str:
    before = saved(node, NAME)[pci]
    if exists(node, pci) and interfaces(node, pci):
        if before.get("mac") not in (None, own_mac(node, _interface(node, pci))):
            forget(node, NAME, pci)
            return f"{pci}: another card is there now, left as it is"
        if before["autoprobe"] is not None:
            _autoprobe(node, pci, before["autoprobe"])
        if number(node, f"{DEVICES}/{pci}/sriov_numvfs") != before["numvfs"]:
            _free(node, pci)
            _set_number(node, pci, before["numvfs"])
        _set_trust(node, pci, {int(index): trust for index, trust in before.get("trusted", {}).items()})
        _set_macs(node, pci, {int(index): mac for index, mac in before["macs"].items()})
        name = _interface(node, pci)
        if is_up(node, name) and not before["up"]:
            node.run("ip", "link", "set", name, "down")
    forget(node, NAME, pci)
    return f"{pci}: {before['numvfs']} virtual functions as before"


def _set_number(node: Node, pci: str, count: int) -> None:
    """The kernel takes a number only where there is none (drivers/pci/iov.c, sriov_numvfs_store: EBUSY)."""
    file = f"{DEVICES}/{pci}/sriov_numvfs"
    if number(node, file):
        node.write_value(file, "0")
    if count:
        node.write_value(file, str(count))
    if number(node, file) != count or not until(lambda: len(virtual_functions(node, pci)) == count, INTERFACE_SECONDS):
        raise AgentError(
            "the kernel made another number of virtual functions",
            where=file,
            value=f"{len(virtual_functions(node, pci))} of {count}",
            remedy="look at dmesg",
        )


def _set_trust(node: Node, pci: str, wanted: dict[int, bool]) -> None:
    now = vf_infos(node, pci)
    for index, trust in wanted.items():
        if index in now and bool(now[index].trusted) != trust:
            word = "on" if trust else "off"
            node.run("ip", "link", "set", _interface(node, pci), "vf", str(index), "trust", word)


def _set_macs(node: Node, pci: str, wanted: dict[int, str]) -> None:
    now = vf_infos(node, pci)
    for index, mac in wanted.items():
        if index in now and now[index].mac == mac:
            continue
        function = virtual_function(node, pci, index)
        if function is not None:
            free(node, function)
        node.run("ip", "link", "set", _interface(node, pci), "vf", str(index), "mac", mac)


def _autoprobe(node: Node, pci: str, text: str) -> None:
    file = f"{DEVICES}/{pci}/sriov_drivers_autoprobe"
    if value(node, file) not in (None, text):
        node.write_value(file, text)


def _interface(node: Node, pci: str) -> str:
    """The interface of a physical function; a reset may have it gone for a moment."""
    if not until(lambda: bool(interfaces(node, pci)), INTERFACE_SECONDS):
        raise AgentError(
            "the physical function has no network interface",
            where=pci,
            remedy="it must be on its kernel driver to have virtual functions",
        )
    return interfaces(node, pci)[0]


def _wait_for_carrier(node: Node, pci: str) -> None:
    name = _interface(node, pci)
    if not until(lambda: carrier(node, name), CARRIER_SECONDS):
        raise AgentError(
            "no link on the physical function, so its virtual ones would get no address",
            where=name,
            value=f"no carrier within {CARRIER_SECONDS} s",
            remedy="look at the cable and the switch's port",
        )


def _refuse_impossible(node: Node, nic: dict) -> None:
    pci, total = nic["pci"], number(node, f"{DEVICES}/{nic['pci']}/sriov_totalvfs")
    refuse_another_card(node, nic)
    if total is None:
        raise Refused("the NIC has no SR-IOV", where=pci, remedy="turn it on in firmware, or bind the whole function")
    if total < _count(nic):
        raise Refused(
            "more virtual functions than the NIC has",
            where=pci,
            value=f"{_count(nic)} of {total}",
            remedy="ask for fewer",
        )


def _free(node: Node, pci: str) -> None:
    for function in virtual_functions(node, pci):
        free(node, function)
