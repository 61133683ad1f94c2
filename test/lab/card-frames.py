"""Frames by hand from a card that stays with the kernel, to a node with this MAC address and address, in the name of its peer PEER
(native-image/src/protocol/header.h). Needs root.

    card-frames.py INTERFACE MAC NODE PEER echo FLOWS BYTES
        FLOWS datagrams from as many ports, which no peer sends from, and one echo of BYTES; prints how many of them came back
    card-frames.py INTERFACE MAC NODE PEER rate SECONDS WINDOW
        echoes of 64 bytes, WINDOW of them under way; prints how many a second came back"""

import socket
import struct
import sys
import time

PORT = 30900
ECHO, ECHO_REPLY, NO_HINT = 3, 4, 0xFFFF
HEADERS, SMALL = 14 + 20 + 8, 64


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


class Way:
    """From the card to the node."""

    def __init__(self, card, mac, node, peer):
        self.card = card
        self.ethernet = bytes.fromhex(mac.replace(":", "")) + card.getsockname()[4] + b"\x08\x00"
        self.addresses = socket.inet_aton(peer) + socket.inet_aton(node)

    def frame(self, port, payload):
        length = 8 + len(payload)
        udp = struct.pack("!HHHH", port, PORT, length, 0)
        checked = total(self.addresses + struct.pack("!HH", 17, length) + udp + payload) or 0xFFFF
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, 17, 0) + self.addresses
        ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
        return self.ethernet + ip + udp[:6] + struct.pack("!H", checked) + payload


def is_reply(found, length):
    return len(found) >= HEADERS + length and found[23] == 17 and found[HEADERS : HEADERS + 4] == b"PT\x02\x04"


def answered(card, length, seconds):
    """The bytes of the echo that came back, 0 where none did within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        card.settimeout(max(0.1, end - time.monotonic()))
        try:
            found = card.recv(16384)
        except TimeoutError:
            continue
        if is_reply(found, length):
            return length
    return 0


def rate(way, seconds, window):
    """Replies a second; a window that is lost is sent anew after a quarter of a second."""
    echo = way.frame(PORT, message(ECHO, SMALL))
    way.card.settimeout(0.25)
    begin, replies, under_way = time.monotonic(), 0, 0
    while (now := time.monotonic() - begin) < seconds:
        for _ in range(under_way, window):
            way.card.send(echo)
        under_way = window
        try:
            while under_way > window // 2 and time.monotonic() - begin < seconds:
                if is_reply(way.card.recv(2048), SMALL):
                    replies, under_way = replies + 1, under_way - 1
        except TimeoutError:
            under_way = 0
    return replies / now


def main():
    interface, mac, node, peer, what, first, second = sys.argv[1:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as card:
        card.bind((interface, 0x0800))
        way = Way(card, mac, node, peer)
        if what == "rate":
            print(round(rate(way, float(first), int(second)), 1))
            return
        for flow in range(int(first)):
            card.send(way.frame(40000 + flow, message(ECHO, SMALL)))
        card.send(way.frame(PORT, message(ECHO, int(second))))
        print(answered(card, int(second), 10))


main()
