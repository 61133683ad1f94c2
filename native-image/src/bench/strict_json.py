"""JSON in which no key stands twice in an object: most readers would keep one of the two and say nothing."""

import json
from pathlib import Path


def _once(pairs):
    found = dict(pairs)
    assert len(found) == len(pairs), [key for key, _ in pairs]
    return found


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_once)
