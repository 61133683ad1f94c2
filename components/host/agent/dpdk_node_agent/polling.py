"""Waiting for the machine: a question asked again until it is answered yes or its time is over."""

from __future__ import annotations

import time
from typing import Callable


def until(condition: Callable[[], bool], seconds: float, every: float = 0.2) -> bool:
    """Whether `condition` became true within `seconds`. It is asked at least once, and once more at the end."""
    end = time.monotonic() + seconds
    while not condition():
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(every, left))
    return True
