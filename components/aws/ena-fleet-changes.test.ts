import assert from "node:assert/strict";
import { test } from "node:test";
import { EnaFleet } from "./ena-fleet";
import { mixed, oneVirtual, virtual } from "./fleet.fixture";
import type { EnaFleetArgs } from "./fleet-args";
import { changed, madeBy, named } from "./made.fixture";

const of = async (args: EnaFleetArgs) => (await madeBy(() => new EnaFleet("mainnet", args))).made;
const patched = (ami: string) => ({ x86_64: { ...oneVirtual().images.x86_64, ami } }) as EnaFleetArgs["images"];

test("a new image changes the template and no instance; a new generation replaces the instance and none of its interfaces", async () => {
  const before = await of(oneVirtual());
  const image = { images: patched("ami-0aaaaaaaaaaaaaaaa") };
  const template = "LaunchTemplate mainnet-solo-5c9aa4-1.1";
  assert.deepEqual(changed(before, await of(oneVirtual(image))), { gone: [template], come: [template] });
  assert.deepEqual(changed(before, await of(oneVirtual({ ...image, generation: 2 }))), {
    gone: ["Instance mainnet-solo", template],
    come: ["Instance mainnet-solo", "LaunchTemplate mainnet-solo-5c9aa4-2.1"],
  });
});

test("an instance that comes or goes changes nothing of the others", async () => {
  const before = await of(mixed());
  const after = await of(mixed({ instances: mixed().instances.filter(({ name }) => name !== "node-7") }));
  const { gone, come } = changed(before, after);
  assert.deepEqual(come, []);
  assert.deepEqual(gone.length, 5);
  assert.ok(
    gone.every((one) => one.includes("mainnet-node-7")),
    gone.join(),
  );
});

test("an instance that gets another place gets another template, so that its old interfaces are let go", async () => {
  const moved = { ...virtual(), index: 3 };
  const { gone, come } = changed(await of(oneVirtual()), await of(oneVirtual({ instances: [moved] })));
  assert.deepEqual([gone.length, come.length], [4, 4]);
  assert.ok(
    gone.some((one) => one.startsWith("LaunchTemplate")) && !come.includes("LaunchTemplate mainnet-solo-5c9aa4-1.1"),
  );
});

test("batches of a rollout are replaced one after the other, and the rest waits for a later update", async () => {
  const made = await of(mixed({ rollout: { to: 2, size: 4, batches: 3 } }));
  const awaited = (name: string) =>
    (named(made, "Instance", `mainnet-${name}`).options.after ?? []).filter((one) => one.endsWith("@Instance"));
  assert.deepEqual(awaited("node-0"), []);
  assert.deepEqual(awaited("node-2"), ["mainnet-node-0@Instance", "mainnet-node-1@Instance"]);
  assert.deepEqual(awaited("node-5"), ["mainnet-node-2@Instance", "mainnet-node-3@Instance"]);
  assert.deepEqual(awaited("node-6"), []); // of the fourth
});
