"""A peer that measures a node from outside: echoes at a steady rate, and what came back of them.

echo_meter.py OWN:PORT NODE:PORT NETWORK_ID A_SECOND SECONDS. Last line: `N sent, N missing, N twice, longest gap N.N ms`, where a
gap is between two echoes that came back. What its node answers in a burst counts as it comes.
"""

import socket
import struct
import sys
import time

MAGIC, VERSION, ECHO, ECHO_REPLY, NO_HINT = 0x5054, 2, 3, 4, 0xFFFF
HEADER = struct.Struct("!HBBIHH")
PATIENCE = 1.0  # for those that are still under way at the end


def network_of(name: str) -> int:
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def endpoint(text: str) -> tuple[str, int]:
    address, port = text.rsplit(":", 1)
    return address, int(port)


def main() -> None:
    own, node, network, rate, seconds = sys.argv[1:6]
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    wire.bind(endpoint(own))
    wire.connect(endpoint(node))
    wire.setblocking(False)
    head = HEADER.pack(MAGIC, VERSION, ECHO, network_of(network), NO_HINT, 0)
    seen, twice, sent, gap = set[int](), 0, 0, 0.0
    begin = last = time.monotonic()
    end = begin + float(seconds)
    while (now := time.monotonic()) < end + PATIENCE:
        while now < end and sent < (now - begin) * int(rate):
            try:
                wire.send(head + struct.pack("!IH", sent, 0))
            except (BlockingIOError, ConnectionRefusedError):
                continue
            sent += 1
        try:
            message = wire.recv(2048)
        except (BlockingIOError, ConnectionRefusedError):
            if now > end and len(seen) == sent:
                break
            time.sleep(0.0001)
            continue
        if len(message) < 18 or message[3] != ECHO_REPLY:
            continue
        number = struct.unpack_from("!I", message, HEADER.size)[0]
        twice += number in seen
        seen.add(number)
        if now < end:
            gap, last = max(gap, now - last), now
    print(f"{sent} sent, {sent - len(seen)} missing, {twice} twice, longest gap {gap * 1000:.1f} ms")


main()
