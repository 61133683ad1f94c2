"""A registry of a test on loopback: images by digest, with or without a login."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable

REPOSITORY = "pantheonchain/node"
PROGRAM = "opt/pantheonchain/bin/pantheon-node"


class FakeRegistry:
    """Serves until closed. `want` is "", "basic" or "bearer"; `login` opens it."""

    def __init__(self, want: str = "", login: str = "user:secret"):
        self.blobs: dict[str, bytes] = {}
        self.want, self.login, self.asked = want, base64.b64encode(login.encode()).decode(), 0
        self.spoil: Callable[[bytes], bytes] = lambda content: content
        self.elsewhere: str = ""  # where blobs are redirected to
        self.seen: list[str] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server's own name
                registry._answer(self)

            def log_message(self, *_words: object) -> None:
                """A test is silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add(self, content: bytes) -> str:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return digest

    def image(self, *layers: bytes) -> str:
        """The reference of an image of these layers."""
        entries = [{"digest": self.add(layer), "size": len(layer)} for layer in layers]
        return self.reference(self.add(json.dumps({"schemaVersion": 2, "layers": entries}).encode()))

    def reference(self, digest: str) -> str:
        return f"{self.name}/{REPOSITORY}@{digest}"

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        given = request.headers.get("Authorization", "")
        self.seen.append(given)
        if request.path.startswith("/token"):
            ok = given == f"Basic {self.login}"
            self._send(request, 200 if ok else 401, json.dumps({"token": "let me in"}).encode(), {})
            return
        wanted = {"": "", "basic": f"Basic {self.login}", "bearer": "Bearer let me in"}[self.want]
        if given != wanted:
            realm = f"http://{self.name}/token"
            challenge = f'Bearer realm="{realm}",service="test"' if self.want == "bearer" else 'Basic realm="test"'
            self._send(request, 401, b"", {"WWW-Authenticate": challenge})
            return
        content = self.blobs.get(request.path.rpartition("/")[2])
        if self.elsewhere and "/blobs/" in request.path:
            self._send(request, 307, b"", {"Location": f"http://{self.elsewhere}{request.path}"})
        elif content is None:
            self._send(request, 404, b"", {})
        else:
            self._send(request, 200, self.spoil(content), {})

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, code: int, content: bytes, headers: dict[str, str]) -> None:
        request.send_response(code)
        for name, text in {**headers, "Content-Length": str(len(content))}.items():
            request.send_header(name, text)
        request.end_headers()
        request.wfile.write(content)


def layer(*members: tuple, zipped: bool = True) -> bytes:
    """A layer of (name, content) files, (name, None) folders, (name, "link", target) links; more keys set a TarInfo."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content, *more in members:
            info = tarfile.TarInfo(name)
            info.mode = 0o755
            if content is None:
                info.type = tarfile.DIRTYPE
            elif content == "link":
                info.type, info.linkname = tarfile.SYMTYPE, more[0]
            elif more:
                for key, value in more[0].items():
                    setattr(info, key, value)
            data = content.encode() if isinstance(content, str) and content != "link" else b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(target.getvalue(), mtime=0) if zipped else target.getvalue()


def program_layer(text: str = "#!/bin/sh\n") -> bytes:
    """The smallest image of the data plane."""
    return layer(("opt", None), ("etc/passwd", "not ours"), (PROGRAM, text), ("opt/pantheonchain/lib/libx.so", "x"))
