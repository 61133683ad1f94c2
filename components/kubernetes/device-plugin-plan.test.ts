import assert from "node:assert/strict";
import { test } from "node:test";
import { type DevicePluginPoolArgs, pluginConfig, resourcesOf } from "./device-plugin-plan";

const args = (changes: Partial<DevicePluginPoolArgs> = {}): DevicePluginPoolArgs => ({
  image: `registry.example.com/plugin@sha256:${"4".repeat(64)}`,
  nodeSelector: { dpdk: "yes" },
  pools: [{ resource: "data_plane", addresses: ["0000:01:10.0"] }],
  ...changes,
});

test("functions are offered by their addresses, and only while they are on vfio-pci", () => {
  assert.deepEqual(JSON.parse(pluginConfig("a", args())), {
    resourceList: [
      {
        resourceName: "data_plane",
        resourcePrefix: "pantheonchain.org",
        selectors: { drivers: ["vfio-pci"], pciAddresses: ["0000:01:10.0"] },
      },
    ],
  });
  assert.deepEqual(resourcesOf(args()), ["pantheonchain.org/data_plane"]);
});

const pool = (resource: string, ...addresses: string[]) => ({ resource, addresses });
const wrong: readonly (readonly [Partial<DevicePluginPoolArgs>, RegExp])[] = [
  [{ image: "plugin:latest" }, /image plugin:latest has no digest/],
  [{ nodeSelector: {} }, /nodeSelector is empty, which selects every node/],
  [{ pools: [] }, /pools is empty/],
  [{ pools: [pool("data-plane", "0000:01:10.0")] }, /resource data-plane makes no variable/],
  [{ pools: [pool("a")] }, /a has no addresses/],
  [{ pools: [pool("a", "01:10.0")] }, /a has the address 01:10\.0; write it with its domain/],
  [
    { pools: [pool("a", "0000:01:10.0"), pool("b", "0000:01:10.0")] },
    /0000:01:10\.0 is of a and of b; a function is of one pool/,
  ],
];
for (const [changes, says] of wrong)
  test(`${JSON.stringify(changes)} is refused with what to do`, () => {
    assert.throws(() => pluginConfig("pool", args(changes)), says);
  });
