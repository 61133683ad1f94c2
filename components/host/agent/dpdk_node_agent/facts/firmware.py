"""The firmware version of a network card. sysfs does not show it, so the driver is asked as ethtool asks it."""

from __future__ import annotations

import struct

from ..node import Node

_GET_DRIVER_INFO = 3  # ETHTOOL_GDRVINFO, include/uapi/linux/ethtool.h
# struct ethtool_drvinfo: a command, five texts of 32 bytes (driver, version, fw_version, …), 12 bytes, five counts.
_SIZE = 4 + 5 * 32 + 12 + 5 * 4
_FIRMWARE = slice(4 + 2 * 32, 4 + 3 * 32)


def firmware(node: Node, interface: str) -> str | None:
    """What the driver says, or None where it says nothing."""
    try:
        answer = node.ask_driver(interface, struct.pack("I", _GET_DRIVER_INFO).ljust(_SIZE, b"\0"))
    except OSError:
        return None
    text = answer[_FIRMWARE].partition(b"\0")[0].decode(errors="replace").strip()
    return text if text and text != "N/A" else None
