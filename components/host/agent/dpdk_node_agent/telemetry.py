"""DPDK's telemetry: a SOCK_SEQPACKET socket that answers each question with one message of JSON (DPDK guide, "DPDK
Telemetry User Guide")."""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any

from .node import Node

# A listening program answers at once; one that hangs must not hang who asks.
_SECONDS = 5
# MAX_OUTPUT_LEN of lib/telemetry/telemetry.c; the greeting says it too.
_MESSAGE_BYTES = 16 * 1024


class Unanswered(Exception):
    """The socket is there and does not say what was asked; the text says how."""


class Telemetry:
    """One connection; a context."""

    def __init__(self, node: Node, path: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(_SECONDS)
        try:
            self.socket.connect(node.place(path))
            self.greeting = self._receive()
        except OSError as failed:
            self.socket.close()
            raise Unanswered(f"{path}: {failed.strerror or failed}") from failed
        except Unanswered:
            self.socket.close()
            raise

    def __enter__(self) -> Telemetry:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()

    def ask(self, command: str, *arguments: object) -> Any:
        """What the program answers; None where it does not know the command or the argument."""
        question = ",".join([command, *map(str, arguments)])
        try:
            self.socket.sendall(question.encode())
        except OSError as failed:
            raise Unanswered(f"{question}: {failed.strerror or failed}") from failed
        return self._receive().get(command)

    def _receive(self) -> dict:
        try:
            message = self.socket.recv(_MESSAGE_BYTES + 1)
            # The C side ends some messages with the zero of its text.
            found = json.loads(message.rstrip(b"\0") or b"null")
        except OSError as failed:
            raise Unanswered(f"no answer: {failed.strerror or failed}") from failed
        except ValueError as cut:
            raise Unanswered(f"an answer that is no JSON: {cut}") from cut
        if not isinstance(found, dict):
            raise Unanswered("the connection was closed")
        return found
