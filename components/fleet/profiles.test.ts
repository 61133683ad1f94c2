import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetValues, linesOf, node, read } from "./fleet.fixture";
import { merge } from "./profiles";

/** The fixture with all of its node's settings moved into a profile. */
function withProfile(
  ...changes: readonly (readonly [path: readonly (string | number)[], value: unknown])[]
): Record<string, unknown> {
  const settings = (fleetValues().nodes as Record<string, Record<string, unknown>>).validator;
  const nodes = { validator: { profile: "server" } };
  return fleetValues([["nodes"], nodes], [["profiles"], { server: settings }], ...changes);
}

test("maps are merged key by key, lists are replaced", () => {
  const merged = merge({ a: { b: 1, c: 2 }, list: [1, 2], keep: true }, { a: { c: 3 }, list: [9] });
  assert.deepEqual(merged, { a: { b: 1, c: 3 }, list: [9], keep: true });
});

test("a node takes what its profile says, and its own settings go first", () => {
  const fleet = read(withProfile([node("kernel", "panicSeconds"), 20]));
  assert.equal(fleet.nodes[0]?.kernel.panicSeconds, 20);
  assert.equal(fleet.nodes[0]?.kernel.iommu, "intel");
});

test("a mistake of a profile is told at the profile, once", () => {
  const twoNodes = withProfile([
    ["nodes", "second"],
    { profile: "server", ssh: { host: "192.0.2.22" }, hardware: { nics: { data0: { mac: "3c:fd:fe:00:00:02" } } } },
  ]);
  assert.deepEqual(linesOf(twoNodes), []);
  const values = withProfile(
    [["nodes", "second"], { profile: "server" }],
    [["profiles", "server", "kernel", "iommu"], "on"],
  );
  const lines = linesOf(values);
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", /: profiles\.server\.kernel\.iommu: found "on"; must be intel or amd or off$/);
});

test("a mistake in how values fit together is told where the value stands", () => {
  const lines = linesOf(withProfile([["profiles", "server", "cpus", "isolated"], "2-20"]));
  assert.match(
    lines[0] ?? "",
    /: profiles\.server\.cpus\.isolated: found "2-20"; validator has no CPU 16-20; choose among 0-15$/,
  );
  assert.match(
    linesOf(withProfile([node("cpus", "isolated"), "2-20"]))[0] ?? "",
    /: nodes\.validator\.cpus\.isolated: /,
  );
});

test("a profile that no node uses is checked too, but need not be complete", () => {
  assert.deepEqual(linesOf(fleetValues([["profiles"], { spare: { kernel: { panicSeconds: 20 } } }])), []);
  assert.match(
    linesOf(fleetValues([["profiles"], { spare: { kernel: { panic: 20 } } }]))[0] ?? "",
    /profiles\.spare\.kernel\.panic: found 20; is no key here/,
  );
});

test("an unknown profile is refused with the one that was meant", () => {
  assert.match(
    linesOf(withProfile([node("profile"), "sevrer"])).join("\n"),
    /nodes\.validator\.profile: found "sevrer"; is no profile of this file; did you mean server\?/,
  );
});

test("a profile has no profile", () => {
  assert.match(
    linesOf(withProfile([["profiles", "server", "profile"], "other"])).join("\n"),
    /profiles\.server\.profile: found "other"; a profile cannot have a profile/,
  );
});
