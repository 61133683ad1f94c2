"""Where an image is: REGISTRY/REPOSITORY@sha256:DIGEST. By digest always, so that nobody in between can change it."""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import Refused

# The grammar of distribution/reference, without tags; neither a shell, systemd nor a URL reads any of it as syntax.
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = rf"^([A-Za-z0-9.-]+(?::[0-9]+)?)/({_PART}(?:/{_PART})*)@(sha256:[0-9a-f]{{64}})$"


class Reference(NamedTuple):
    registry: str
    repository: str
    digest: str

    @property
    def short(self) -> str:
        """The digest as a person tells two of them apart, and as a release's folder is called."""
        return self.digest.partition(":")[2][:12]


def parse(text: str) -> Reference:
    found = re.match(_REFERENCE, text)
    if found is None:
        raise Refused(
            "this is no reference of an image by its digest",
            where="image",
            value=repr(text),
            remedy="write REGISTRY/REPOSITORY@sha256:DIGEST",
        )
    return Reference(*found.groups())
