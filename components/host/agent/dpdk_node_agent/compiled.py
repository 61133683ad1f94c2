"""A copy of the agent that Python need not compile at every start: under emulation that is half of a check's 1.7 s.

It lies beside the archive, is named after the interpreter that made it, and `__main__.py` puts it first. An interpreter
of another version finds no copy of its name and reads the archive itself."""

from __future__ import annotations

import importlib.util
import io
import marshal
import sys
import zipfile


# The archive's part that has them all; packed.py reads the same.
MODULES = "modules.zip"
# With the hash of its source, which no import compares: the copy is made once per archive and never outlives it.
_UNCHECKED = (1).to_bytes(4, "little")


def name_of(archive: str) -> str:
    """The copy's name for this interpreter; `__main__.py` builds the same."""
    return f"{archive}.{sys.implementation.cache_tag}"


def compiled(archive: bytes) -> bytes:
    """The archive's modules as bytecode and its data as it is, in an archive that need not be unpacked."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        part = io.BytesIO(whole.read(MODULES))
    with zipfile.ZipFile(part) as sources, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for name in sources.namelist():
            if name.endswith(".py"):
                out.writestr(zipfile.ZipInfo(f"{name}c"), _bytecode(name, sources.read(name)))
            elif name.endswith(".json"):
                out.writestr(zipfile.ZipInfo(name), sources.read(name))
    return target.getvalue()


def _bytecode(name: str, source: bytes) -> bytes:
    """What py_compile writes (PEP 552), without its files: they take as long as the compiler itself."""
    code = marshal.dumps(compile(source, name, "exec", dont_inherit=True))
    return importlib.util.MAGIC_NUMBER + _UNCHECKED + importlib.util.source_hash(source) + code
