"""Single values of the kernel's own files (sysfs, procfs), which may answer with an error instead of a text."""

from __future__ import annotations

from .node import Node


def value(node: Node, path: str) -> str | None:
    """The stripped text of a kernel file; None where there is none or the kernel gives no answer.

    `/sys/class/net/X/carrier` of an interface that is down answers EINVAL, for example.
    """
    try:
        text = node.read(path)
    except OSError:
        return None
    return None if text is None else text.strip()


def number(node: Node, path: str) -> int | None:
    """A kernel file that holds one whole number, or None."""
    text = value(node, path)
    try:
        return None if text is None else int(text, 0)
    except ValueError:
        return None
