import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cardFrames, cardOf } from "./card-frames";
import { nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { telemetry } from "./telemetry";
import { until } from "./until";

// A whole card for DPDK: what a virtual function of this card (82576) has not, spreading over queues and jumbo frames. alpha
// gives its card away, beta keeps its own: beta's function talks as in every other test, and its kernel sends frames by hand.
const CARD = "52:54:00:d0:00:01";
let lab: Lab;

before(async () => {
  lab = theLab();
  const done = await lab.up(wholeCard);
  assert.equal(done.code, 0, said(done));
});

after(async () => {
  await lab.ssh("beta", `sudo -n ip link set ${await cardOf(lab, "beta")} mtu 1500`).catch(() => "");
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

function wholeCard(fleet: FleetYaml): void {
  const alpha = nodeOf(fleet, "alpha");
  alpha.nics = [{ name: "data0", bind: "vfio-pci" }];
  alpha.dataPlane = {
    ...(alpha.dataPlane as object),
    ports: [{ nic: "data0" }],
    rss: true,
    jumboFrames: true,
    maxRxPacketLength: 9018,
    threads: { network: 2, consensus: 0, transactionPool: 0 },
  };
}

/** Sends the frames of card-frames.py from beta's card; answers how many bytes of the echo came back. */
function send(flows: number, echo: number): Promise<number> {
  return cardFrames(lab, "beta", { mac: CARD, node: "10.78.0.1", peer: "10.78.0.2" }, ["echo", flows, echo]);
}

test("the card itself is the service's port, with two queues and a thread for each", async () => {
  const { alpha } = await lab.status();
  assert.deepEqual(
    alpha?.dataPlane?.ports.map(({ pci, link, rxQueues }) => [pci, link, rxQueues]),
    [["0000:01:00.0", "up", 2]],
  );
  await until("frames from beta's function", 120, async () => {
    const peers = await telemetry<Record<string, { received: number }>>(lab, "alpha", "/pantheon/peers");
    return (peers.beta?.received ?? 0) > 20;
  });
});

test("flows are spread over both queues", async () => {
  const received = async () =>
    Object.values(await telemetry<Record<string, { received: number }>>(lab, "alpha", "/pantheon/workers")).map(
      (one) => one.received,
    );
  const earlier = await received();
  await send(256, 64);
  const grown = (await received()).map((now, index) => now - (earlier[index] ?? 0));
  // 256 ports by Toeplitz: less than a fifth on one of two queues is one chance in 10^24.
  assert.ok(grown.length === 2 && grown.every((count) => count > 50), `received ${grown.join(" and ")}`);
});

test("a frame of 8,942 bytes comes in and goes out", async () => {
  await lab.ssh("beta", `sudo -n ip link set ${await cardOf(lab, "beta")} mtu 9000`);
  assert.equal(await send(0, 8900), 8900);
});

test("a function whose card is reset under it is made anew, without a restart, and frames go on", async () => {
  const resets = async () => (await telemetry<{ port_resets: number }>(lab, "beta", "/pantheon/node")).port_resets;
  const earlier = await resets(); // with the card's MTU above
  await lab.ssh("beta", `sudo -n ip link set ${await cardOf(lab, "beta")} mtu 1500`);
  await until("beta's port made anew", 60, async () => (await resets()) > earlier);
  const heard = await heardByBeta();
  await until("frames from alpha", 120, async () => (await heardByBeta()) > heard + 20);
  assert.match(await lab.ssh("beta", "systemctl show -p NRestarts pantheonchain-dpdk"), /NRestarts=0/);
});

async function heardByBeta(): Promise<number> {
  return (await telemetry<Record<string, { received: number }>>(lab, "beta", "/pantheon/peers")).alpha?.received ?? 0;
}
