"""Frames by hand from a card that stays with the kernel: card-frames.py INTERFACE MAC FLOWS ECHO_BYTES. Needs root.

To the node at 10.78.0.1 with this MAC address: FLOWS datagrams from as many ports, which no peer sends from, and one echo of
ECHO_BYTES in the name of the peer 10.78.0.2 (native-image/src/protocol/header.h). Prints how many bytes of it came back."""

import socket
import struct
import sys
import time

OWN, NODE, PORT = "10.78.0.2", "10.78.0.1", 30900
ECHO, ECHO_REPLY, NO_HINT = 3, 4, 0xFFFF
HEADERS = 14 + 20 + 8


def fnv1a(text):
    """FNV-1a, 32 bits: the network in our header."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def message(kind, length):
    head = struct.pack("!HBBIHHIH", 0x5054, 2, kind, fnv1a("pantheon-lab"), NO_HINT, 0, 1, 0)
    return head + b"x" * (length - len(head))


def total(data):
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    found = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while found >> 16:
        found = (found & 0xFFFF) + (found >> 16)
    return ~found & 0xFFFF


def frame(source, target, port, payload):
    addresses = socket.inet_aton(OWN) + socket.inet_aton(NODE)
    length = 8 + len(payload)
    udp = struct.pack("!HHHH", port, PORT, length, 0)
    udp = udp[:6] + struct.pack("!H", total(addresses + struct.pack("!HH", 17, length) + udp + payload) or 0xFFFF)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, 17, 0) + addresses
    ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
    return target + source + b"\x08\x00" + ip + udp + payload


def answered(card, length, seconds):
    """The bytes of the echo that came back, 0 where none did within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        card.settimeout(max(0.1, end - time.monotonic()))
        try:
            found = card.recv(16384)
        except TimeoutError:
            continue
        if len(found) == HEADERS + length and found[23] == 17 and found[HEADERS : HEADERS + 4] == b"PT\x02\x04":
            return length
    return 0


def main():
    interface, mac, flows, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    target = bytes.fromhex(mac.replace(":", ""))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as card:
        card.bind((interface, 0x0800))
        source = card.getsockname()[4]
        for flow in range(flows):
            card.send(frame(source, target, 40000 + flow, message(ECHO, 64)))
        card.send(frame(source, target, PORT, message(ECHO, length)))
        print(answered(card, length, 10))


main()
