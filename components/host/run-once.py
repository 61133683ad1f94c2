"""Runs a node agent that comes on standard input once, and leaves nothing of it behind:

    python3 -c THIS SIZE SHA256 [--sudo] VERB [ARGUMENTS]  < agent of SIZE bytes, then the verb's own input

Where that very agent is installed already, the installed one is run: a login may have sudo for it alone."""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile

LINK = "/usr/local/sbin/dpdk-node-agent"


def main(size, sha256, *words):
    prefix = ["sudo", "-n"] if words[:1] == ("--sudo",) else []
    verb = words[1:] if prefix else words
    agent = read_exactly(int(size))
    if hashlib.sha256(agent).hexdigest() != sha256:
        sys.exit("the agent did not arrive whole; try again")
    if os.path.realpath(LINK).endswith("/dpdk-node-agent-%s.pyz" % sha256[:12]):
        return subprocess.call([*prefix, LINK, *verb])
    # The connection's end and a shutdown end this as an exit does: the file goes too.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(143))
    handle, path = tempfile.mkstemp(prefix="dpdk-node-agent-", suffix=".pyz")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(agent)
        return subprocess.call([*prefix, sys.executable, path, *verb])
    finally:
        os.unlink(path)


def read_exactly(size):
    """Not one byte more: what follows is for the agent."""
    found = b""
    while len(found) < size:
        piece = os.read(0, size - len(found))
        if not piece:
            break
        found += piece
    return found


sys.exit(main(*sys.argv[1:]))
