import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import { fleetValues, node, read } from "../fleet/fleet.fixture";
import { renderConfigToml } from "./config-toml";

const written = (values: unknown) => {
  const plane = read(values).nodes[0]?.dataPlane;
  assert.ok(plane);
  return parse(renderConfigToml(plane.configToml)) as { network: { limits?: Record<string, number> } };
};

test("limits of a peer are written where the fleet file has some, all of them, and else left to the program", () => {
  assert.equal(written(fleetValues()).network.limits, undefined);
  assert.deepEqual(
    { ...written(fleetValues([node("dataPlane", "limits"), { transactions: 50_000 }])).network.limits },
    {
      messages: 100,
      consensus_messages: 10_000,
      transactions: 50_000,
      echoes: 1_000,
    },
  );
});
