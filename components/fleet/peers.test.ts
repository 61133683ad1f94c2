import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "js-yaml";
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
  for (const address of ["10.78.0.256", "224.0.0.1", "127.0.0.1", "10.78.0", "0.0.0.0"]) {
    const lines = linesOf(lab([["nodes", "beta", "dataPlane", "network", "address"], address]));
    assert.match(lines.join("\n"), /must be the IPv4 address of one host such as 10\.78\.0\.1$/, address);
  }
});
