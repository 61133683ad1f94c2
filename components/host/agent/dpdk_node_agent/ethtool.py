"""What ethtool shows and changes of a NIC, asked of its driver directly (SIOCETHTOOL), so that a node needs no ethtool.

Numbers and layouts are those of include/uapi/linux/ethtool.h; each of its structures here is a row of 32-bit words."""

from __future__ import annotations

import errno
import struct
from typing import NamedTuple

from .errors import AgentError
from .node import Node

OFFLOADS = "offloads"
_STATISTIC_STRINGS, _FEATURE_STRINGS = 1, 4  # ETH_SS_STATS, ETH_SS_FEATURES
_NAME_BYTES = 32  # ETH_GSTRING_LEN
_STRING_COUNT, _STRINGS = 0x37, 0x1B  # ETHTOOL_GSSET_INFO, ETHTOOL_GSTRINGS
_GET_FEATURES, _SET_FEATURES = 0x3A, 0x3B  # ETHTOOL_GFEATURES, ETHTOOL_SFEATURES
_GET_STATISTICS = 0x1D  # ETHTOOL_GSTATS


class Layout(NamedTuple):
    """One structure: the requests that read and write it, its length, and the places of its values and maxima."""

    get: int
    set: int
    words: int
    values: dict[str, int]
    most: dict[str, int] = {}


LAYOUTS = {
    # struct ethtool_ringparam: cmd, rx_max, rx_mini_max, rx_jumbo_max, tx_max, rx, rx_mini, rx_jumbo, tx
    "rings": Layout(0x10, 0x11, 9, {"rx": 5, "tx": 8}, {"rx": 1, "tx": 4}),
    # struct ethtool_channels: cmd, max_rx, max_tx, max_other, max_combined, rx, tx, other, combined
    "channels": Layout(0x3C, 0x3D, 9, {"combined": 8}, {"combined": 4}),
    # struct ethtool_pauseparam: cmd, autoneg, rx_pause, tx_pause
    "pause": Layout(0x12, 0x13, 4, {"autoneg": 1, "rx": 2, "tx": 3}),
    # struct ethtool_coalesce, 23 words
    "coalescing": Layout(0x0E, 0x0F, 23, {"rxUsecs": 1, "txUsecs": 5, "adaptiveRx": 10, "adaptiveTx": 11}),
}
GROUPS = (OFFLOADS, *LAYOUTS)


class Answer(NamedTuple):
    """A group of settings: what is in effect, what was asked for (offloads may differ in that), what the driver takes
    at most, and what it does not let anybody change."""

    values: dict[str, int]
    requested: dict[str, int]
    most: dict[str, int]
    fixed: frozenset[str]


def read(node: Node, interface: str, group: str) -> Answer | None:
    """One group of an interface's settings; None where its driver has none of these."""
    try:
        return _read_features(node, interface) if group == OFFLOADS else _read(node, interface, LAYOUTS[group])
    except OSError as failed:
        if failed.errno in (errno.EOPNOTSUPP, errno.ENODEV):
            return None
        raise AgentError(
            f"the driver does not tell its {group}", where=interface, value=str(failed.strerror), remedy="look at dmesg"
        ) from failed


def statistics(node: Node, interface: str) -> dict[str, int]:
    """What the driver counts, as `ethtool -S` shows it; empty where it does not tell."""
    try:
        names = _names(node, interface, _STATISTIC_STRINGS)
        # struct ethtool_stats: cmd, n_stats, then 64 bits each. The kernel writes as many as the driver has by then, so
        # that there is room for twice as many: a driver's queues may just have become more.
        header = struct.pack("=2I", _GET_STATISTICS, len(names))
        answer = node.ask_driver(interface, header + bytes(2 * 8 * len(names)))[len(header) :]
    except OSError:
        return {}
    return dict(zip(names, struct.unpack(f"={len(names)}Q", answer[: 8 * len(names)])))


def write(node: Node, interface: str, group: str, changes: dict[str, int]) -> None:
    """Changes settings of one group in one request, and leaves the others of the group as they are."""
    if group == OFFLOADS:
        request = _features_request(node, interface, changes)
    else:
        layout = LAYOUTS[group]
        words = _ask(node, interface, [layout.get] + [0] * (layout.words - 1))
        words[0] = layout.set
        for name, value in changes.items():
            words[layout.values[name]] = value
        request = words
    node.tell_driver(interface, struct.pack(f"={len(request)}I", *request))


def _ask(node: Node, interface: str, words: list[int]) -> list[int]:
    answer = node.ask_driver(interface, struct.pack(f"={len(words)}I", *words))
    return list(struct.unpack(f"={len(words)}I", answer))


def _read(node: Node, interface: str, layout: Layout) -> Answer:
    words = _ask(node, interface, [layout.get] + [0] * (layout.words - 1))
    values = {name: words[place] for name, place in layout.values.items()}
    return Answer(values, values, {name: words[place] for name, place in layout.most.items()}, frozenset())


def _names(node: Node, interface: str, strings: int) -> list[str]:
    """The kernel's names of its features, or the driver's of its counters; their numbers differ from release to
    release."""
    # struct ethtool_sset_info: cmd, reserved, a mask of 64 bits, then a count for each set that was asked for.
    count = _ask(node, interface, [_STRING_COUNT, 0, 1 << strings, 0, 0])[4]
    header = struct.pack("=3I", _STRINGS, strings, count)
    answer = node.ask_driver(interface, header + bytes(count * _NAME_BYTES))[len(header) :]
    names = (answer[start : start + _NAME_BYTES] for start in range(0, len(answer), _NAME_BYTES))
    return [name.partition(b"\0")[0].decode(errors="replace") for name in names]


def _read_features(node: Node, interface: str) -> Answer:
    names = _names(node, interface, _FEATURE_STRINGS)
    blocks = (len(names) + 31) // 32
    # struct ethtool_gfeatures: cmd, size, then for 32 features each: available, requested, active, never_changed.
    words = _ask(node, interface, [_GET_FEATURES, blocks] + [0] * (blocks * 4))[2:]

    def bits(word: int) -> dict[str, int]:
        return {name: words[4 * (n // 32) + word] >> n % 32 & 1 for n, name in enumerate(names) if name}

    fixed = frozenset(name for name, can_change in bits(0).items() if not can_change)
    return Answer(bits(2), bits(1), {}, fixed)


def _features_request(node: Node, interface: str, changes: dict[str, int]) -> list[int]:
    names = _names(node, interface, _FEATURE_STRINGS)
    blocks = (len(names) + 31) // 32
    # struct ethtool_sfeatures: cmd, size, then for 32 features each: valid, requested.
    words = [_SET_FEATURES, blocks] + [0] * (blocks * 2)
    for n, name in enumerate(names):
        if name in changes:
            words[2 + 2 * (n // 32)] |= 1 << n % 32
            words[3 + 2 * (n // 32)] |= changes[name] << n % 32
    return words
