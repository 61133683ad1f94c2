import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { LabRegistry } from "./registry";

const root = mkdtempSync(join(tmpdir(), "lab-"));
after(() => rmSync(root, { recursive: true }));

test("a registry is a component with one command, and its addresses are known before it runs", async () => {
  const made: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      return { id: name, state: inputs };
    },
  });
  const registry = new LabRegistry("registry", { lab: join(root, "guests") });
  await new Promise((resolve) => registry.urn.apply(resolve));
  await pulumi.runtime.disconnect();
  const port = registry.address.replace("127.0.0.1:", "");
  assert.match(port, /^\d{5}$/);
  assert.equal(registry.addressForGuests, `10.0.2.2:${port}`);
  assert.deepEqual(
    made.map(({ type, name, inputs }) => [type, name, inputs.create, inputs.delete]),
    [
      ["dpdk-fleet:lab:Registry", "registry", undefined, undefined],
      ["command:local:Command", "registry-power", "power-on", "power-off"],
    ],
  );
  const spec = JSON.parse((made[1]?.inputs.environment as Record<string, string>).LAB_REGISTRY_SPEC ?? "");
  assert.deepEqual([spec.folder, `${spec.port}`, spec.incarnation, spec.limit], [join(root, "registry"), port, 1, 30]);
});
