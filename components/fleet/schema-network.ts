import { z } from "zod";
import { parseAddress, parseRouter } from "../host/addresses";
import { count, field, text } from "./fields";

// A string of config.toml and a value of dpdk.conf alike: no quotes, no comments, no line ends.
const word = () => text(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be one word of letters, digits and . _ : / -");

const ADDRESS_RULE =
  "must be the address of one host such as 10.78.0.1 or, in lowercase and as short as can be, fd00:78::1";
const IPV6_RULE = "must be the IPv6 address of one host, in lowercase and as short as can be, such as fd00:78::1";
const ROUTER_RULE =
  "must be the address of a router such as 10.78.0.254 or, in lowercase and as short as can be, fe80::1";

// The pattern is what an editor can check while somebody writes; what it lets through is looked at more closely.
const address = (rule: string, isRight: (text: string) => boolean, pattern = /^[0-9a-f.:]{2,39}$/) =>
  text(pattern, rule).refine(isRight, rule);

const hostAddress = () => address(ADDRESS_RULE, (value) => parseAddress(value) !== null);
const ipv6Address = () => address(IPV6_RULE, (value) => parseAddress(value)?.family === 6, /^[0-9a-f:]{2,39}$/);
const routerAddress = () => address(ROUTER_RULE, (value) => parseRouter(value) !== null);

// Ports that need no privilege, 1024 to 65535; a Unix socket's path has 107 bytes at most (unix(7)).
const BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const HIGH_PORT =
  "(102[4-9]|10[3-9]\\d|1[1-9]\\d\\d|[2-9]\\d{3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])";
const SOCKET_PATH = "(?=.{1,107}$)(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+";

const listenAddress = () =>
  text(
    new RegExp(`^(${BYTE}(\\.${BYTE}){3}:${HIGH_PORT}|${SOCKET_PATH})$`),
    "must be an IPv4 address and a port above 1023 such as 127.0.0.1:9464, or the path of a socket",
  );

const aSecond = (least: number, fallback: number) => count(least, 1_000_000_000).default(fallback);

/** What one peer may send. */
export const limits = z
  .strictObject({
    messages: field(
      aSecond(20, 100),
      "Probes, replies and hellos. A peer that keeps to the protocol sends 20: ten probes and ten replies.",
      { unit: "a second and peer", reboot: false, example: 100 },
    ),
    consensusMessages: field(
      aSecond(0, 10_000),
      "Shreds, repairs and votes. A block of 2 MiB is 1,800 shreds, which may come from one peer within a slot of 400 ms.",
      { unit: "a second and peer", reboot: false, example: 10_000 },
    ),
    transactions: field(
      aSecond(0, 125_000),
      "Transactions. One peer alone may bring what the guide's figures are about.",
      {
        unit: "a second and peer",
        reboot: false,
        example: 125_000,
      },
    ),
    echoes: field(aSecond(0, 1_000), "Echoes, by which pantheon-bench measures; 0 answers none.", {
      unit: "a second and peer",
      reboot: false,
      example: 1_000,
    }),
  })
  .meta({
    description:
      "What one peer may send a second ([network.limits] of config.toml); what is above is dropped and counted.",
  });

/** Where the counters are asked for. */
export const metrics = z
  .strictObject({
    listen: field(
      listenAddress().default("/run/pantheonchain/metrics.sock"),
      "Where GET /metrics and GET /healthz are answered, without authentication: the path of a Unix socket of the service's user and " +
        "group, or an IPv4 address with its port. The service has no network but its ports, so there it is a path; " +
        "systemd-socket-proxyd brings it to an address.",
      { reboot: false, example: "127.0.0.1:9464" },
    ),
  })
  .meta({
    description: "The data plane's counters for Prometheus ([metrics] of config.toml); left out, nobody can ask.",
  });

/** Who listens where, and to whom. */
export const network = z
  .strictObject({
    maxPeers: field(count(1, 100_000).default(500), "Peers at most.", { unit: "peers", reboot: false, example: 500 }),
    maxPendingPeers: field(count(1, 100_000).default(100), "Peers at most that are still shaking hands.", {
      unit: "peers",
      reboot: false,
      example: 100,
    }),
    connectionTimeout: field(count(1, 3600).default(30), "Time that a connection may take to come about.", {
      unit: "s",
      reboot: false,
      example: 30,
    }),
    protocolVersion: field(word().default("1.0"), "Version of the peer-to-peer protocol.", {
      reboot: false,
      example: "1.0",
    }),
    networkId: field(word(), "Which chain the node belongs to.", { reboot: false, example: "pantheon-mainnet" }),
    address: field(
      hostAddress().optional(),
      "Address of port 0, IPv4 or IPv6. Every other node of the file with the same networkId and an address is a peer; left out, the " +
        "node opens its ports and talks to nobody, unless it has address6.",
      { reboot: false, example: "10.78.0.1" },
    ),
    address6: field(
      ipv6Address().optional(),
      "IPv6 address of port 0 beside an IPv4 one. Two nodes talk over the first address whose family both have.",
      { reboot: false, example: "fd00:78::1" },
    ),
    prefix: field(
      count(1, 128).optional(),
      "How many bits all addresses on the link of port 0 share with `address`: 24 of 10.78.0.1 is 10.78.0.0 to 10.78.0.255. Left out, " +
        "every address is on the link.",
      { unit: "bits", reboot: false, example: 24 },
    ),
    gateway: field(
      routerAddress().optional(),
      "Router on the link that leads to peers outside of `prefix`, of the family of `address`. The kernel's own routes do not count: " +
        "a port of DPDK is not in them.",
      { reboot: false, example: "10.78.0.254" },
    ),
    prefix6: field(count(1, 128).optional(), "The same as `prefix`, of `address6`.", {
      unit: "bits",
      reboot: false,
      example: 64,
    }),
    gateway6: field(routerAddress().optional(), "The same as `gateway`, of `address6`; mostly a link-local address.", {
      reboot: false,
      example: "fe80::1",
    }),
    exceptionPath: field(
      text(
        /^[A-Za-z][A-Za-z0-9._-]{0,14}$/,
        "must be the name of a network interface, 15 letters at most, such as pantheon0",
      ).optional(),
      "TAP interface to which everything goes that reaches port 0, or either port of a bond, and is not the data plane's (ICMP, TCP, " +
        "other UDP ports), and back; the kernel's addresses on it are the operator's. Left out, such frames are dropped. " +
        "The program makes it with CAP_NET_ADMIN; " +
        "without, one must be there that is its user's: `ip tuntap add dev pantheon0 mode tap user USER`.",
      { reboot: false, example: "pantheon0" },
    ),
    port: field(count(1024, 65_535).default(30_900), "UDP port of the peer-to-peer protocol.", {
      reboot: false,
      example: 30900,
    }),
    ipv6: field(z.boolean().default(true), "Speak IPv6.", { reboot: false, example: true }),
    ipv6Offload: field(z.boolean().default(false), "Let the NIC compute checksums of IPv6.", {
      reboot: false,
      example: false,
    }),
  })
  .meta({ description: "[network] of config.toml." });
