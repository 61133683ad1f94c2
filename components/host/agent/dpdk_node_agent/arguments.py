"""What the words after `dpdk-node-agent` may be."""

from __future__ import annotations

import argparse


def parser_of_all() -> argparse.ArgumentParser:
    """Every verb with its options."""
    parser = argparse.ArgumentParser(
        prog="dpdk-node-agent", description="Makes this server a DPDK node, and gives it back as it was."
    )
    parser.add_argument("--root", default="/", help="a folder that stands for the node (default /)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    install = verbs.add_parser("install", help="copies this file to its place; changes nothing else")
    install.add_argument("--sha256", required=True, metavar="HASH", help="what this file's hash must be")
    _within(verbs.add_parser("uninstall", help="reverts everything, then removes the agent"))
    verbs.add_parser("facts", help="what the node is, as JSON")
    doctor = verbs.add_parser("doctor", help="what is wrong with this node, and what mends it; changes nothing")
    doctor.add_argument("--json", action="store_true", help="with issue, evidence, and whether mending it is safe")
    check = verbs.add_parser("check", help="each stage against the plan that was last asked for")
    check.add_argument("stages", nargs="*", metavar="STAGE")
    check.add_argument("--json", action="store_true", help="a JSON object a stage")
    explain = _image(verbs.add_parser("explain", help="what converge would do; the plan comes on standard input"))
    explain.add_argument("--kept-image", action="store_true", help="with the image and the NICs that the node was last given")
    verbs.add_parser("apply", help="applies stages by hand").add_argument("stages", nargs="+", metavar="STAGE")
    revert = _within(verbs.add_parser("revert", help="gives back what stages have changed"))
    revert.add_argument("stages", nargs="*", metavar="STAGE")
    revert.add_argument("--all", action="store_true", help="every stage")
    _image(_within(verbs.add_parser("converge", help="makes the node what the plan on standard input says")))
    verbs.add_parser("status", help="plan against machine, as JSON")
    verbs.add_parser("forget-trials", help="lets kernel arguments that failed twice be tried again")
    traffic = verbs.add_parser("traffic", help="exchanges frames over one vfio-bound function with testpmd")
    traffic.add_argument("--pci", required=True, metavar="ADDR")
    traffic.add_argument("--peer", required=True, metavar="MAC")
    traffic.add_argument("--seconds", required=True, type=int, metavar="N")
    traffic.add_argument("--first", action="store_true", help="starts the exchange")
    data_plane = verbs.add_parser("data-plane", help="what the data plane does: its unit, ports and peers")
    data_plane.add_argument("--json", action="store_true", help="all of it as data")
    verbs.add_parser("service-ready", help="what the data plane's unit runs before it starts: waits for what it needs")
    verbs.add_parser("kubelet-ready", help="what the kubelet's unit runs before it starts: forgets what is of another boot")
    verbs.add_parser("boot", help="what dpdk-node-boot.service runs: puts back what a kernel forgets")
    pool = verbs.add_parser("hugepages", help="what dpdk-hugepages@NODE-SIZE.service runs: a pool of the applied plan")
    pool.add_argument("pool", metavar="NODE-SIZE", help="NUMA node and page size, such as 0-2M")
    verbs.add_parser("work")  # the detached worker's own; not for people
    return parser


def _within(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--within", type=float, default=45, metavar="SECONDS", help="how long to wait for the worker (default 45)"
    )
    return parser


def _image(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--image", metavar="REF", help="REGISTRY/REPOSITORY@sha256:DIGEST, for a plan with a service")
    parser.add_argument(
        "--nic",
        action="append",
        default=[],
        metavar="NAME=MAC",
        help="which card the plan's NIC of this name is, where the plan does not say",
    )
    parser.add_argument("--plain-http", action="store_true", help="the image's registry is reached without TLS")
    return parser
