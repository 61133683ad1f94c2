"""The firmware version of a network card. sysfs does not show it, so the kernel is asked as ethtool asks it."""

from __future__ import annotations

import array
import fcntl
import socket
import struct
from pathlib import Path

from ..node import Node

_SIOCETHTOOL = 0x8946  # include/uapi/linux/sockios.h
_GET_DRIVER_INFO = 3  # ETHTOOL_GDRVINFO, include/uapi/linux/ethtool.h
# struct ethtool_drvinfo: a command, five texts of 32 bytes (driver, version, fw_version, …), 12 bytes, five counts.
_SIZE = 4 + 5 * 32 + 12 + 5 * 4
_FIRMWARE = slice(4 + 2 * 32, 4 + 3 * 32)


def firmware(node: Node, interface: str) -> str | None:
    """What the driver says, or None where it says nothing or the node is a folder of a test."""
    if node.root != Path("/"):
        return None
    answer = array.array("B", struct.pack("I", _GET_DRIVER_INFO).ljust(_SIZE, b"\0"))
    request = struct.pack("16sP16x", interface.encode(), answer.buffer_info()[0])
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            fcntl.ioctl(asking.fileno(), _SIOCETHTOOL, request)
    except OSError:
        return None
    text = answer.tobytes()[_FIRMWARE].partition(b"\0")[0].decode(errors="replace").strip()
    return text if text and text != "N/A" else None
