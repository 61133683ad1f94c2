"""The agent's archive as the operator's side packs it (components/host/agent-archive.ts)."""

from __future__ import annotations

import io
import zipfile


def packed(outer: dict, inner: dict) -> bytes:
    """Files by their names: those in plain sight, and those of the part that is compressed as a whole."""
    part = _zip(inner, zipfile.ZIP_STORED)
    return b"#!/usr/bin/env python3\n" + _zip({**outer, "modules.zip": part}, zipfile.ZIP_DEFLATED)


def _zip(files: dict, compression: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()
