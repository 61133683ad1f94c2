"""The archive's way in."""

import sys

from dpdk_node_agent.cli import main

sys.exit(main(sys.argv[1:]))
