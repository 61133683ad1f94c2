"""The driver of a network card as ethtool's requests see it, for the machine of the tests: what it is told, it keeps,
within its bounds. Written from include/uapi/linux/ethtool.h and not from the agent's own tables."""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass, field

# Some features of a kernel and their places, more than 32, so that several blocks of bits are needed.
FEATURES = ["tx-scatter-gather", *[f"feature-{n}" for n in range(1, 14)]]
FEATURES += ["rx-gro", "rx-lro", "tx-generic-segmentation", "tx-tcp-segmentation", "tx-tcp-ecn-segmentation"]
FEATURES += [*[f"feature-{n}" for n in range(19, 34)], "tx-tcp6-segmentation", "rx-hashing"]
# ETHTOOL_G… to ETHTOOL_S…, and how many 32-bit words the structure has.
_GET = {0x0E: 23, 0x10: 9, 0x3C: 9, 0x12: 4}
_SET = {0x0F: 0x0E, 0x11: 0x10, 0x3D: 0x3C, 0x13: 0x12}


def _words() -> dict[int, list[int]]:
    """An igb: 256 descriptors of 4,096, 4 of 8 channels, pause negotiated, 3 us with the interrupts adapted."""
    coalescing = [0] * 23
    coalescing[1], coalescing[10] = 3, 1
    return {
        0x0E: coalescing,
        0x10: [0, 4096, 0, 0, 4096, 256, 0, 0, 256],
        0x3C: [0, 0, 0, 1, 8, 0, 0, 1, 4],
        0x12: [0, 1, 1, 1],
    }


def _refuse(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@dataclass
class Driver:
    """One card's driver; a fresh one is what a boot or a probe makes."""

    words: dict[int, list[int]] = field(default_factory=_words)
    on: set[str] = field(
        default_factory=lambda: {"rx-gro", "tx-tcp-segmentation", "tx-tcp6-segmentation", "rx-hashing"}
    )
    fixed: set[str] = field(default_factory=lambda: {"rx-hashing", "rx-lro", "tx-tcp-ecn-segmentation"})
    negotiates_pause: bool = False  # as i40e does: pause is the link's, and autoneg cannot be turned off here
    rounds_to: int = 1
    counters: dict[str, int] = field(default_factory=dict)  # of `ethtool -S`
    resets: int = 0

    def answer(self, request: bytes) -> bytes:
        words = list(struct.unpack(f"{len(request) // 4}I", request[: len(request) // 4 * 4]))
        command = words[0]
        if command == 0x37:  # ETHTOOL_GSSET_INFO
            mask = words[2] | words[3] << 32
            count = len(self._strings(mask.bit_length() - 1))
            return struct.pack("2IQI", command, 0, mask if count else 0, count).ljust(len(request), b"\0")
        if command == 0x1B:  # ETHTOOL_GSTRINGS
            return request[:12] + b"".join(name.encode().ljust(32, b"\0") for name in self._strings(words[1]))
        if command == 0x1D:  # ETHTOOL_GSTATS: as many as there are, whatever was asked for
            found = struct.pack(f"=2I{len(self.counters)}Q", command, len(self.counters), *self.counters.values())
            assert len(found) <= len(request), "the kernel would have written beyond the request"
            return found.ljust(len(request), b"\0")
        if command == 0x3A:  # ETHTOOL_GFEATURES
            return struct.pack(f"{len(words)}I", *words[:2], *self._feature_words(words[1]))
        if command == 0x3B:  # ETHTOOL_SFEATURES
            return self._set_features(words, request)
        if command in _GET and command in self.words:
            assert len(words) == _GET[command], "a structure of another length"
            return struct.pack(f"{len(words)}I", command, *self.words[command][1:])
        if command in _SET and _SET[command] in self.words:
            return self._set(words, request)
        raise _refuse(errno.EOPNOTSUPP)

    def shown(self) -> str:
        return f"{self.words} {sorted(self.on)}"

    def _strings(self, number: int) -> list[str]:
        """ETH_SS_STATS is 1, ETH_SS_FEATURES 4."""
        return {1: list(self.counters), 4: FEATURES}.get(number, [])

    def _feature_words(self, blocks: int) -> list[int]:
        found = [0] * blocks * 4
        for n, name in enumerate(FEATURES):
            for word, is_so in enumerate((name not in self.fixed, name in self.on, name in self.on)):
                found[n // 32 * 4 + word] |= is_so << n % 32
        return found

    def _set_features(self, words: list[int], request: bytes) -> bytes:
        for n, name in enumerate(FEATURES):
            valid, wanted = (words[2 + n // 32 * 2 + word] >> n % 32 & 1 for word in (0, 1))
            if not valid or name in self.fixed:
                continue
            (self.on.add if wanted else self.on.discard)(name)
        return request

    def _set(self, words: list[int], request: bytes) -> bytes:
        kind = _SET[words[0]]
        now = self.words[kind]
        if kind == 0x10 and (words[5] > now[1] or words[8] > now[4]):
            raise _refuse(errno.EINVAL)
        if kind == 0x12 and self.negotiates_pause and words[1] != now[1]:
            raise _refuse(errno.EOPNOTSUPP)
        if kind == 0x12 and words[1] and not self.negotiates_pause:
            words[2:4] = [1, 1]  # the link's partner decides, and wants both
        if kind == 0x10:
            words[5], words[8] = (each // self.rounds_to * self.rounds_to for each in (words[5], words[8]))
        self.words[kind] = [0, *words[1:]]
        self.resets += kind != 0x0E
        return request
