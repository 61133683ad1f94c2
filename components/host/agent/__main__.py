"""The archive's way in."""

import os
import sys

_PLACE = os.path.realpath(sys.path[0])
# The bytecode that `install` laid beside the archive for this interpreter; where there is none, the archive itself is
# read. In a folder of sources there is neither.
_BYTECODE = f"{_PLACE}.{sys.implementation.cache_tag}"
if os.path.exists(_BYTECODE):
    sys.path.insert(0, _BYTECODE)
elif os.path.isfile(_PLACE):
    import packed

    sys.meta_path.append(packed.Modules(_PLACE))

from dpdk_node_agent.cli import main  # noqa: E402  (what is above decides where it comes from)

sys.exit(main(sys.argv[1:]))
