import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isOnLink, listening, parseAddress, parseRouter } from "./addresses";
import { seedPair } from "./seed-pair.fixture";

// Texts that pantheon-node's own reader is held to as well (native-image/src/config/test_addresses.c).
const file = join(__dirname, "../../native-image/src/config/addresses.cases");
const cases = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(" ") as [kind: string, text: string]);

test("an address is one to the fleet file where it is one to pantheon-node", () => {
  assert.ok(cases.length > 50);
  for (const [kind, text] of cases) {
    const family = parseAddress(text)?.family;
    assert.equal(family, kind === "4" ? 4 : kind === "6" ? 6 : undefined, text);
    assert.equal(parseRouter(text) !== null, kind !== "none", text);
  }
});

test("the shortest text of an IPv6 address gives its bytes again, and no longer one is an address", () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffff }));
  const groups = fc.tuple(fc.integer({ min: 0x2000, max: 0xfdff }), ...Array.from({ length: 7 }, () => group));
  fc.assert(
    fc.property(groups, (all) => {
      const long = all.map((each) => each.toString(16)).join(":");
      const text = new URL(`http://[${long}]`).hostname.slice(1, -1);
      const bytes = all.flatMap((each) => [each >> 8, each & 255]);
      assert.deepEqual(parseAddress(text), { family: 6, bytes });
      if (long !== text) assert.equal(parseAddress(long), null);
    }),
  );
});

test("an address is on the link where all bits of the prefix are the same", () => {
  const on = (own: string, prefix: number | null, other: string) => {
    const network = { ...seedPair.configToml.network, listenAddress: own, listenPrefix: prefix };
    const [listen, address] = [listening({ network })[0], parseRouter(other)];
    assert.ok(listen && address);
    return isOnLink(listen, address);
  };
  assert.ok(on("10.78.0.1", 24, "10.78.0.255"));
  assert.ok(!on("10.78.0.1", 24, "10.78.1.1"));
  assert.ok(on("10.78.0.1", 23, "10.78.1.1"));
  assert.ok(!on("10.78.0.1", 23, "10.78.2.1"));
  assert.ok(on("10.78.0.1", 1, "100.64.0.1"));
  assert.ok(!on("10.78.0.1", 1, "192.0.2.1"));
  assert.ok(!on("10.78.0.1", 32, "10.78.0.0"));
  assert.ok(on("10.78.0.1", null, "192.0.2.1"));
  assert.ok(on("fd00:78::1", 64, "fd00:78::ffff:0:0:1"));
  assert.ok(!on("fd00:78::1", 64, "fd00:78:0:1::1"));
  assert.ok(on("fd00:78::1", 127, "fd00:78::"));
  assert.ok(!on("fd00:78::1", 128, "fd00:78::"));
});
