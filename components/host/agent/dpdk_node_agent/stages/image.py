"""The data plane's image, by digest, and what its own program says of the plan's configuration. Both are settled before
any file is written and before the service that runs is touched.

What was accepted is remembered, so that a check asks neither a registry nor a container: a registry that is gone harms
no node that has its image. What we brought and nobody uses goes when the service runs on another one: stage service."""

from __future__ import annotations

import hashlib
import json

from .. import configcheck, imagestore, serviceplan, servicestate
from ..errors import AgentError
from ..node import Node
from ..stage import Finding, absent, ok, partial
from ..store import drop_document, read_document, write_document

NAME = "image"
PHASE = "run"

_DOCUMENT = "accepted.json"


def check(node: Node, plan: dict) -> Finding:
    if not plan.get("service"):
        return partial("images of an earlier plan") if _is_left_over(node) else ok("no image asked for")
    if not plan.get("image"):
        return absent("no image was named: `converge --image`")
    name = imagestore.key(plan)
    if not imagestore.is_there(node, name):
        return absent(f"{name}: not there")
    if read_document(node, _DOCUMENT) != _accepted(plan):
        return partial(f"{name}: has not been asked about this configuration")
    return ok(f"{name} is there and accepts the configuration")


def apply(node: Node, plan: dict) -> None:
    if not plan.get("service"):
        if _is_left_over(node):
            revert(node)
        return
    if not plan.get("image"):
        raise AgentError("no image was named", where="image", remedy="run `converge --image`")
    imagestore.bring(node, plan)
    if read_document(node, _DOCUMENT) != _accepted(plan):
        configcheck.refuse_configuration(node, plan)
        write_document(node, _DOCUMENT, _accepted(plan))


def revert(node: Node) -> list[str]:
    if servicestate.is_ours(node) and servicestate.show(node).is_up:
        raise AgentError(
            "the service still runs on its image", where=servicestate.UNIT, remedy="revert the stage service first"
        )
    configcheck.clear(node)
    done = imagestore.give_back(node)
    drop_document(node, _DOCUMENT)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    finding = check(node, plan)
    if finding.state == "ok":
        return []
    if not plan.get("service"):
        return ["remove the images of an earlier plan"]
    if not plan.get("image"):
        return ["bring the image that `--image` names"]
    name = imagestore.key(plan)
    lines = [] if imagestore.is_there(node, name) else [f"bring the image {name}"]
    return [*lines, "ask its program whether it accepts the configuration"]


def _is_left_over(node: Node) -> bool:
    """As long as the service of an earlier plan is there, its images are its own."""
    return not servicestate.is_ours(node) and (
        imagestore.is_touched(node) or read_document(node, _DOCUMENT) is not None
    )


def _accepted(plan: dict) -> dict:
    """What the answer of the program depends on."""
    texts = [
        [file["path"], file["mode"], file["owner"], file["group"], file["content"]] for file in serviceplan.files(plan)
    ]
    found = hashlib.sha256(json.dumps(texts).encode()).hexdigest()
    return {"image": imagestore.key(plan), "user": plan["service"]["user"], "configuration": found}
