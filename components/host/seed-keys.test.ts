import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseToml } from "smol-toml";
import { fleetValues, linesOf, node, read } from "../fleet/fleet.fixture";
import { renderConfigToml } from "./config-toml";
import { renderDpdkConf } from "./dpdk-conf";
import { readIni } from "./pair.fixture";

// What the domain document writes into the two files outside its main listings: "High Availability Setup", "Performance
// Profiling", Q6 and issue 4.
const MORE_OF_DPDK_CONF = {
  bonding: ["enabled", "mode", "primary-port", "secondary-port", "link-monitor-interval"],
  advanced: ["rss-queues"],
};
const MORE_OF_CONFIG_TOML = {
  debug: ["enable_profiling", "profile_output"],
  network: ["ipv6_enabled", "dpdk_ipv6_offload"],
};

const seed = (file: string) => readFileSync(join(__dirname, "golden/seed", file), "utf8");

/** A fleet file that asks for all there is. */
function everything() {
  const second = { pci: "0000:02:00.0", mac: "3c:fd:fe:00:00:02", driver: "i40e", numaNode: 0, iommuGroup: 31 };
  const plane = read(
    fleetValues(
      [node("hardware", "nics", "data1"), second],
      [
        node("nics"),
        [
          { name: "data0", bind: "vfio-pci" },
          { name: "data1", bind: "vfio-pci" },
        ],
      ],
      [node("dataPlane", "ports"), [{ nic: "data0" }, { nic: "data1" }]],
      [node("dataPlane", "mempoolSize"), 131_071],
      [node("dataPlane", "bonding"), { primaryPort: 0, secondaryPort: 1 }],
      [node("dataPlane", "profileOutput"), "/var/log/dpdk-profile.log"],
      [node("dataPlane", "metrics"), { listen: "127.0.0.1:9464" }],
    ),
  ).nodes[0]?.dataPlane;
  assert.ok(plane);
  return plane;
}

test("every key of dpdk.conf in the domain document is written from the fleet file", () => {
  const written = readIni(renderDpdkConf(everything().dpdkConf));
  const asked = Object.entries(readIni(seed("dpdk.conf"))).map(([name, keys]) => [name, Object.keys(keys)] as const);
  for (const [section, keys] of [...asked, ...Object.entries(MORE_OF_DPDK_CONF)]) {
    for (const key of keys) assert.ok(written[section]?.[key] !== undefined, `[${section}] ${key}`);
  }
});

test("every key of config.toml in the domain document is written from the fleet file", () => {
  const written = keysOf(parseToml(renderConfigToml(everything().configToml)));
  const asked = [
    ...keysOf(parseToml(seed("config.toml"))),
    ...Object.entries(MORE_OF_CONFIG_TOML).flatMap(([table, keys]) => keys.map((key) => `${table}.${key}`)),
  ];
  assert.deepEqual(
    asked.filter((key) => !written.includes(key)),
    [],
  );
});

test("a secondary process is refused, as the program does", () => {
  const lines = linesOf(fleetValues([node("dataPlane", "processType"), "secondary"]));
  assert.match(
    lines.join("\n"),
    /processType: found "secondary"; must be primary or auto: the data plane owns its ports/,
  );
});

function keysOf(table: object, above = ""): string[] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? keysOf(value, `${above}${key}.`)
      : [`${above}${key}`],
  );
}
