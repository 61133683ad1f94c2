#!/usr/bin/env python3
"""Takes out of an image what buildah writes into Docker's format of its own accord, a new text each time: the identifier of the
container that it was made in, also as its host name.  impersonal.py FOLDER, which `buildah push … dir:FOLDER` has made."""

import hashlib
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
config = json.loads((folder / manifest["config"]["digest"].partition(":")[2]).read_text())
config.pop("container", None)
for part in ("config", "container_config"):
    config.get(part, {}).pop("Hostname", None)
content = json.dumps(config, sort_keys=True).encode()
name = hashlib.sha256(content).hexdigest()
(folder / name).write_bytes(content)
manifest["config"].update(digest=f"sha256:{name}", size=len(content))
(folder / "manifest.json").write_text(json.dumps(manifest))
