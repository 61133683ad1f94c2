"""A program of a test that answers as DPDK's telemetry does."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any


class FakeTelemetry:
    """Listens until closed; answers by question, a text as it stands and everything else as DPDK wraps it. An answer
    that can be called is another one each time."""

    def __init__(self, place: Path, answers: dict[str, Any], greeting: bytes = b'{"version":"DPDK 22.11.7","pid":7}'):
        place.parent.mkdir(parents=True, exist_ok=True)
        self.answers, self.greeting = answers, greeting
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listening.bind(str(place))
        self.listening.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                connection.send(self.greeting)
                while question := connection.recv(1024).decode():
                    answer = self.answers.get(question)
                    answer = answer() if callable(answer) else answer
                    command = question.partition(",")[0]
                    text = answer if isinstance(answer, str) else json.dumps({command: answer})
                    if not text:
                        break
                    connection.send(text.encode())
