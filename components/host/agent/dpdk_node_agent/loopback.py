"""A question over HTTP to a program of this machine. urllib would be a fifth of what a check loads."""

from __future__ import annotations

import re
import socket

# A program that runs answers at once; one that hangs must not hang who asks.
_SECONDS = 3
# An answer to a health check is a word; more is not read.
_BYTES = 64 * 1024


def get(port: int, path: str) -> tuple[int, str]:
    """Status and text; OSError where nobody answers, or no HTTP. HTTP/1.0: the end of the connection is the end of the text."""
    with socket.create_connection(("127.0.0.1", port), _SECONDS) as connection:
        connection.settimeout(_SECONDS)
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        answer = b""
        while len(answer) < _BYTES and (piece := connection.recv(_BYTES)):
            answer += piece
    head, _, text = answer.decode(errors="replace").partition("\r\n\r\n")
    status = re.match(r"HTTP/1\.[01] (\d{3})", head)
    if status is None:
        raise OSError(f"no HTTP at port {port}")
    return int(status[1]), text.strip()
