"""The archive's way in."""

import os
import sys

# The bytecode that `install` laid beside the archive for this interpreter; where there is none, the archive itself is
# read.
sys.path.insert(0, f"{os.path.realpath(sys.path[0])}.{sys.implementation.cache_tag}")

from dpdk_node_agent.cli import main  # noqa: E402  (the path above decides where it comes from)

sys.exit(main(sys.argv[1:]))
