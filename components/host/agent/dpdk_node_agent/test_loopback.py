"""A question to a program of this machine ends with its answer, or in time."""

from __future__ import annotations

import socket
import threading
import unittest
from unittest import mock

from . import loopback
from .node import Node


def program(test: unittest.TestCase, *pieces: bytes) -> int:
    """A program that answers one question with these pieces and hangs up; its port. Without any it says nothing at all."""
    server = socket.create_server(("127.0.0.1", 0))
    test.addCleanup(server.close)

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1024)
            for piece in pieces:
                connection.sendall(piece)
            if not pieces:
                connection.recv(1024)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    test.addCleanup(thread.join, 5)
    return server.getsockname()[1]


class Loopback(unittest.TestCase):
    def test_status_and_text_of_an_answer_that_comes_in_pieces(self) -> None:
        port = program(self, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", b"\r\no", b"k")
        self.assertEqual(loopback.get(port, "/healthz"), (200, "ok"))
        self.assertEqual(loopback.get(program(self, b"HTTP/1.0 500 No\r\n\r\nnot yet\n"), "/healthz"), (500, "not yet"))

    def test_what_is_no_http_nobody_and_silence_are_errors(self) -> None:
        with self.assertRaises(OSError):
            loopback.get(program(self, b"SSH-2.0-OpenSSH\r\n"), "/")
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with self.assertRaises(OSError):
            loopback.get(port, "/")
        with mock.patch.object(loopback, "_SECONDS", 0.1), self.assertRaises(OSError):
            loopback.get(program(self), "/")

    def test_a_folder_that_stands_for_a_node_asks_nobody(self) -> None:
        port = program(self, b"HTTP/1.0 200 OK\r\n\r\nok")
        with self.assertRaises(OSError):
            Node("/tmp").ask_http(port, "/healthz")
        self.assertEqual(Node("/").ask_http(port, "/healthz"), (200, "ok"))


if __name__ == "__main__":
    unittest.main()
