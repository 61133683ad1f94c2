import assert from "node:assert/strict";
import { test } from "node:test";
import { hostKeyPinned } from "../host/host-key-pinned";
import { type ConfiguredLevel, configured, type PackConfig } from "./settings";

const levels = { lab: "disabled", staging: "advisory", mainnet: "mandatory" } as const;
const rule = { ...hostKeyPinned, levels };
const of = (config: PackConfig, profile: keyof typeof levels = "mainnet") => configured([rule], profile, config)[0];

test("a rule has the level of its profile, and is not there where that is `disabled`", () => {
  assert.deepEqual([of({})?.level, of({}, "staging")?.level, of({}, "lab")], ["mandatory", "advisory", undefined]);
});

test("the file's level goes before the profile's, and a rule's own before that of all", () => {
  const level = (config: PackConfig) => of(config, "staging")?.level;
  assert.equal(level({ all: "mandatory" }), "mandatory");
  assert.equal(level({ all: { enforcementLevel: "mandatory" } }), "mandatory");
  assert.equal(level({ all: "mandatory", "dpdk-host-key-pinned": "advisory" }), "advisory");
  assert.equal(level({ all: "disabled" }), undefined);
  assert.equal(level({ all: "remediate" as ConfiguredLevel }), "mandatory");
});

test("settings that the file lacks have the rule's own defaults, and the level is no setting", () => {
  assert.deepEqual(of({})?.settings, { labStacks: ["lab"], exceptions: [] });
  const given = of({ "dpdk-host-key-pinned": { enforcementLevel: "advisory", labStacks: [] } });
  assert.deepEqual([given?.level, given?.settings], ["advisory", { labStacks: [], exceptions: [] }]);
});
