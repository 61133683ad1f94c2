import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { telemetry } from "./telemetry";
import { until } from "./until";

// Two functions of one card as one port. The first is reset by force, which takes its link for a moment, as a loose cable would:
// function is shown, not time, which emulation cannot tell.
const PRIMARY = "0000:01:10.0";
const PRIMARY_MAC = "52:54:00:d1:00:01";
let lab: Lab;

before(async () => {
  lab = theLab();
  const done = await lab.up(bonded);
  assert.equal(done.code, 0, said(done));
});

after(async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

function bonded(fleet: FleetYaml): void {
  const alpha = nodeOf(fleet, "alpha");
  alpha.nics = [{ name: "data0", virtualFunctions: [{ mac: PRIMARY_MAC }, { mac: "52:54:00:d1:01:01", trust: true }] }];
  alpha.dataPlane = {
    ...(alpha.dataPlane as object),
    ports: [0, 1].map((virtualFunction) => ({ nic: "data0", virtualFunction })),
    bonding: { primaryPort: 0, secondaryPort: 1 },
  };
}

interface Bonding {
  active: string;
  primary_link: string;
  secondary_link: string;
  failovers: number;
  returns: number;
}

const bond = () => telemetry<Bonding>(lab, "alpha", "/pantheon/bonding");
const received = async () =>
  (await telemetry<Record<string, { received: number }>>(lab, "alpha", "/pantheon/peers")).beta?.received ?? 0;

async function assertExchanges(): Promise<void> {
  const earlier = await received();
  await until("more frames from beta", 60, async () => (await received()) > earlier + 20);
}

test("both functions have a link, the first is used, and the second has taken its address, for which it is trusted", async () => {
  await until("both links", 60, async () => {
    const { active, primary_link, secondary_link } = await bond();
    return active === PRIMARY && primary_link === "UP" && secondary_link === "UP";
  });
  await assertExchanges();
  const links = JSON.parse(await lab.ssh("alpha", "ip -j link show dev enp1s0")) as {
    vfinfo_list: { address: string; trust: boolean }[];
  }[];
  assert.deepEqual(
    links[0]?.vfinfo_list.map(({ address, trust }) => [address, trust]),
    [
      [PRIMARY_MAC, false],
      [PRIMARY_MAC, true],
    ],
  );
  const { stages } = (await lab.status()).alpha as { stages: Record<string, { state: string; saw: string }> };
  assert.equal(stages["virtual-functions"]?.state, "ok", stages["virtual-functions"]?.saw);
});

test("a first function that loses its link hands over to the second, takes over again, and frames go on", async () => {
  await lab.ssh("alpha", `echo 1 > /sys/bus/pci/devices/${PRIMARY}/reset`);
  await until("there and back", 30, async () => {
    const { active, failovers, returns } = await bond();
    return active === PRIMARY && failovers === 1 && returns === 1;
  });
  await assertExchanges();
  const journal = await lab.ssh("alpha", "journalctl -u pantheonchain-dpdk -n 50 --no-pager");
  assert.match(journal, /sends over port 1 \(0000:01:10\.2\)[\s\S]*sends over port 0 \(0000:01:10\.0\)/);
});
