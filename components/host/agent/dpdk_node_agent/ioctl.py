"""The kernel's answer to a request of ethtool's, on this machine."""

from __future__ import annotations

import array
import fcntl
import socket
import struct

_SIOCETHTOOL = 0x8946  # include/uapi/linux/sockios.h


def ethtool(interface: str, request: bytes) -> bytes:
    """The request as the kernel has filled it in; OSError where the driver refuses it or does not know it."""
    data = array.array("B", request)
    # struct ifreq: a name of 16 bytes, then a union of 24, here a pointer.
    asked = struct.pack("16sP16x", interface.encode(), data.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking.fileno(), _SIOCETHTOOL, asked)
    return data.tobytes()
