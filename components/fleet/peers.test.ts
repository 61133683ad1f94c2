import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "js-yaml";
import { renderConfigToml } from "../host/config-toml";
import { labFile, linesOf, type Path, read, set } from "./fleet.fixture";

function lab(...changes: readonly (readonly [path: Path, value: unknown])[]): unknown {
  const values = load(readFileSync(labFile, "utf8"));
  for (const [path, value] of changes) set(values, path, value);
  return values;
}

const peersOf = (values: unknown) =>
  Object.fromEntries(
    read(values).nodes.map(({ name, dataPlane }) => [name, dataPlane?.configToml.peers.map((peer) => peer.name)]),
  );

test("the nodes of a network are each other's peers, with the address of the function that is their first port", () => {
  const [alpha] = read(lab()).nodes;
  assert.deepEqual(alpha?.dataPlane?.configToml.peers, [
    { name: "beta", address: "10.78.0.2", port: 30900, mac: "52:54:00:d1:00:02" },
  ]);
  assert.deepEqual(peersOf(lab()), { alpha: ["beta"], beta: ["alpha"] });
});

test("a node of another network, or without an address, is nobody's peer", () => {
  const other = lab([["nodes", "beta", "dataPlane", "network", "networkId"], "pantheon-other"]);
  assert.deepEqual(peersOf(other), { alpha: [], beta: [] });
  const silent = lab([["nodes", "beta", "dataPlane", "network", "address"], undefined]);
  assert.deepEqual(peersOf(silent), { alpha: [], beta: [] });
});

test("two nodes with one address are refused", () => {
  const lines = linesOf(lab([["nodes", "beta", "dataPlane", "network", "address"], "10.78.0.1"]));
  assert.deepEqual(lines, [
    'test.fleet.yaml: nodes.beta.dataPlane.network.address: found "10.78.0.1"; is the address of node alpha already; ' +
      "each has one of its own",
  ]);
});

test("an address that is no host's is refused", () => {
  for (const address of ["10.78.0.256", "224.0.0.1", "127.0.0.1", "10.78.0", "0.0.0.0", "::1", "fe80::1", "FD00::1"]) {
    const lines = linesOf(lab([["nodes", "beta", "dataPlane", "network", "address"], address]));
    assert.match(
      lines.join("\n"),
      /address: found .*; must be the address of one host such as 10\.78\.0\.1 or/,
      address,
    );
  }
});

const network = (name: string, key: string): Path => ["nodes", name, "dataPlane", "network", key];

/** What each node's config.toml says of the other: its address and MAC address. */
const toldOf = (values: unknown) =>
  Object.fromEntries(
    read(values).nodes.map(({ name, dataPlane }) => [
      name,
      dataPlane?.configToml.peers.flatMap(({ address, mac }) => [address, mac]),
    ]),
  );

test("two nodes talk over the first address whose family both have", () => {
  const both = lab([network("alpha", "address6"), "fd00:78::1"], [network("beta", "address6"), "fd00:78::2"]);
  assert.deepEqual(toldOf(both).alpha, ["10.78.0.2", "52:54:00:d1:00:02"]);
  const six = lab([network("alpha", "address6"), "fd00:78::1"], [network("beta", "address"), "fd00:78::2"]);
  assert.deepEqual(toldOf(six), {
    alpha: ["fd00:78::2", "52:54:00:d1:00:02"],
    beta: ["fd00:78::1", "52:54:00:d1:00:01"],
  });
});

test("a node that is reached through a gateway is told without its MAC address", () => {
  const far = lab(
    [network("beta", "address"), "10.79.0.2"],
    [network("alpha", "prefix"), 24],
    [network("alpha", "gateway"), "10.78.0.254"],
    [network("beta", "prefix"), 16],
    [network("beta", "gateway"), "10.79.0.254"],
  );
  assert.deepEqual(toldOf(far), { alpha: ["10.79.0.2", null], beta: ["10.78.0.1", null] });
  const [alpha] = read(far).nodes;
  assert.ok(alpha?.dataPlane);
  const text = renderConfigToml(alpha.dataPlane.configToml);
  assert.match(
    text,
    /listen_address = "10.78.0.1"\nlisten_port = 30900\nlisten_prefix = 24\ngateway = "10.78.0.254"\n\n/,
  );
  assert.match(text, /\[\[network.peers\]\]\nname = "beta"\naddress = "10.79.0.2"\nport = 30900\n$/);
});

test("nodes that cannot reach each other are refused, each with what it lacks", () => {
  assert.deepEqual(linesOf(lab([network("beta", "address"), "fd00:78::2"])), [
    'test.fleet.yaml: nodes.alpha.dataPlane.network: found "fd00:78::2"; config.toml [network.peers] address: is IPv6, of which ' +
      "this node has no address; write listen_address6, or take the peer out",
    'test.fleet.yaml: nodes.beta.dataPlane.network: found "10.78.0.1"; config.toml [network.peers] address: is IPv4, of which this ' +
      "node has no address; write an IPv4 listen_address, or take the peer out",
  ]);
  // Frames to a peer that is on no link and behind no gateway would be sent to nobody.
  assert.deepEqual(linesOf(lab([network("alpha", "prefix"), 32])), [
    'test.fleet.yaml: nodes.alpha.dataPlane.network: found "10.78.0.2"; config.toml [network.peers] address: is not within ' +
      "listen_prefix 32 of listen_address; write gateway, or take the peer out",
  ]);
});

test("IPv6 addresses need IPv6, and a second address is claimed like the first", () => {
  const off = lab([network("alpha", "address6"), "fd00:78::1"], [network("alpha", "ipv6"), false]);
  assert.match(linesOf(off).join(), /listen_address6: is IPv6; write ipv6_enabled = true, or take the address out$/);
  const twice = lab([network("alpha", "address6"), "fd00:78::1"], [network("beta", "address6"), "fd00:78::1"]);
  assert.match(linesOf(twice).join(), /beta\.dataPlane\.network\.address6: .* is the address of node alpha already/);
  for (const [key, value] of [
    ["address6", "10.78.0.9"],
    ["gateway", "10.78.0.0.1"],
    ["gateway6", "ff02::1"],
    ["prefix", 129],
  ] as const)
    assert.match(linesOf(lab([network("alpha", key), value])).join(), new RegExp(`network\\.${key}: found`));
});
