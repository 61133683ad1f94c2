"""DPDK's own testpmd, started on one function and driven by its prompt."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import Sequence

from .errors import AgentError

PROMPT = "testpmd> "
# EAL's start took up to 25 s in an emulated guest; a machine that has not got there in this time has another trouble.
START_SECONDS = 90
ANSWER_SECONDS = 30


def arguments(pci: str, peer: str, main: int, worker: int) -> list[str]:
    """Two logical cores: the prompt on one, forwarding on the other. Its memory is its own (--in-memory leaves no
    file), and small: 8,192 mbufs serve the rings of 512 descriptors that are asked for many times over."""
    return [
        "dpdk-testpmd",
        "-l",
        f"{main},{worker}",
        "--main-lcore",
        str(main),
        "-n",
        "4",
        "--in-memory",
        "--no-telemetry",
        "-a",
        pci,
        "--",
        "-i",
        "--nb-cores=1",
        "--total-num-mbufs=8192",
        "--rxd=512",
        "--txd=512",
        "--forward-mode=macswap",
        f"--eth-peer=0,{peer}",
    ]


@dataclass
class Testpmd:
    """A running testpmd. Use as a context: it has ended, whatever happens, when the context does."""

    process: subprocess.Popen
    terminal: int

    def __enter__(self) -> Testpmd:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def command(self, text: str) -> str:
        """What one command prints."""
        os.write(self.terminal, f"{text}\n".encode())
        return self.answer(ANSWER_SECONDS)

    def answer(self, seconds: float) -> str:
        """All that is printed until the prompt."""
        text, end = "", time.monotonic() + seconds
        while PROMPT not in text:  # a change of the link may be reported after it
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise AgentError(
                    "testpmd does not answer",
                    where=self.process.args[-1],
                    value=_last_lines(text),
                    remedy="look at the node's load and hugepages",
                )
            text += self._read(text)
        return text

    def end(self) -> None:
        """SIGINT makes it close its ports; what is deaf to that is killed. Only this one child, by its own number."""
        for number, seconds in ((signal.SIGINT, 15), (signal.SIGKILL, 5)):
            if self.process.poll() is None:
                self.process.send_signal(number)
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue
        os.close(self.terminal)

    def _read(self, before: str) -> str:
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # EIO: the other end of a terminal is closed
            data = b""
        if not data:
            raise AgentError("testpmd ended", value=_last_lines(before), remedy="run its command by hand to see more")
        return data.decode(errors="replace").replace("\r", "")


def start(argv: Sequence[str]) -> Testpmd:
    """Starts testpmd on a terminal, because into a pipe it would print nothing before its buffer is full."""
    ours, its = pty.openpty()
    try:
        process = subprocess.Popen(
            list(argv), stdin=its, stdout=its, stderr=its, close_fds=True, start_new_session=True
        )
    except FileNotFoundError as missing:
        os.close(ours)
        raise AgentError(
            "dpdk-testpmd is not installed", remedy="add the package dpdk-dev to the fleet file"
        ) from missing
    finally:
        os.close(its)
    return Testpmd(process, ours)


def link_is_up(port_info: str) -> bool:
    return re.search(r"Link status: up", port_info) is not None


def counters(port_stats: str) -> dict[str, int]:
    """`RX-packets: 12   RX-missed: 0   RX-bytes: 720` as {"RX-packets": 12, …}."""
    return {name: int(number) for name, number in re.findall(r"\b([RT]X-[a-z]+):\s*(\d+)", port_stats)}


def _last_lines(text: str) -> str:
    return " / ".join(line.strip() for line in text.strip().splitlines()[-3:] if line.strip())
