import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type DataPlane,
  type DataPlaneNode,
  dataPlaneMistakes,
  mbufBytes,
  mbufsNeeded,
  mempoolSizeFor,
} from "./data-plane";
import { renderDpdkConf } from "./dpdk-conf";
import { seedPair } from "./seed-pair.fixture";

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Deep<T[K]> } : T;

/** The seed's pair with its two mistakes put right, and then with what a test changes. */
function pair(change: Deep<DataPlane> = {}): DataPlane {
  const right: Deep<DataPlane> = {
    dpdkConf: { performance: { mempoolSize: 65535 } },
    configToml: { performance: { consensusThreads: 1, txPoolThreads: 1 } },
  };
  return overlay(overlay(seedPair, right), change) as DataPlane;
}

function overlay(below: unknown, above: unknown): unknown {
  if (typeof above !== "object" || above === null || Array.isArray(above)) return above;
  if (typeof below !== "object" || below === null) return above;
  const changed = Object.entries(above).map(([key, value]) => [
    key,
    overlay((below as Record<string, unknown>)[key], value),
  ]);
  return { ...below, ...Object.fromEntries(changed) };
}

const server: DataPlaneNode = { isolated: [2, 3, 4, 5, 6, 7], hugepageMB: [4096, 4096], portNumaNodes: [0] };

function assertMistake(plane: DataPlane, key: RegExp, remedy: RegExp, node: DataPlaneNode | null = server): void {
  const [mistake, ...rest] = dataPlaneMistakes(plane, node);
  assert.deepEqual(rest, []);
  assert.match(mistake?.key ?? "none", key);
  assert.match(mistake?.remedy ?? "none", remedy);
}

test("the corrected pair is accepted on its server", () => {
  assert.deepEqual(dataPlaneMistakes(pair(), server), []);
});

test("a mempool that its queues can empty is refused, with the size that holds", () => {
  const plane = pair({ dpdkConf: { performance: { mempoolSize: 32767 } } });
  assertMistake(plane, /mempool-size/, /hold 34496 mbufs; write 65535/);
});

test("a mempool cache above two thirds of the pool is refused", () => {
  const port = { pci: "0000:01:00.0", queues: 4, rxDesc: 64, txDesc: 64 };
  const dpdk = { rxRingSize: 64, txRingSize: 64, cpuCores: [2], rssEnabled: true };
  const change: Deep<DataPlane> = {
    dpdkConf: {
      global: { lcores: [2] },
      ports: { list: [port] },
      performance: { mempoolSize: 1055, mempoolCacheSize: 511 },
    },
    configToml: { dpdk, performance: { networkThreads: 1, consensusThreads: 0, txPoolThreads: 0 } },
  };
  assert.deepEqual(dataPlaneMistakes(pair(change), server), []);
  const none = overlay(change, { dpdkConf: { performance: { mempoolSize: 700 } } }) as Deep<DataPlane>;
  assert.ok(dataPlaneMistakes(pair(none), server).some(({ key }) => /mempool-cache-size/.test(key)));
});

test("more threads than cores are refused", () => {
  assertMistake(
    pair({ configToml: { performance: { consensusThreads: 3 } } }),
    /config.toml \[performance\]/,
    /= 8 on 6 cores/,
  );
});

test("a network thread without a queue is refused", () => {
  const threads = { networkThreads: 5, consensusThreads: 1, txPoolThreads: 0 };
  assertMistake(pair({ configToml: { performance: threads } }), /network_threads/, /4 queues to poll/);
});

test("queues that differ between port and [performance] are refused", () => {
  assertMistake(
    pair({ dpdkConf: { performance: { txQueuesPerPort: 2 } } }),
    /tx-queues-per-port/,
    /port 0 has 4 queues/,
  );
  const [mistake] = dataPlaneMistakes(pair({ dpdkConf: { performance: { rxQueuesPerPort: 2 } } }), server);
  assert.match(mistake?.key ?? "", /rx-queues-per-port/);
});

test("a count of ports that is not the list's is refused", () => {
  assertMistake(pair({ dpdkConf: { ports: { numPorts: 2 } } }), /num-ports/, /1 ports are described/);
});

test("what stands in both files must agree", () => {
  assertMistake(pair({ configToml: { dpdk: { burstSize: 64 } } }), /burst_size/, /says 32/);
  assertMistake(pair({ configToml: { dpdk: { rxRingSize: 2048 } } }), /rx_ring_size/, /port-0-rx-desc says 4096/);
  assertMistake(pair({ configToml: { dpdk: { txRingSize: 2048 } } }), /tx_ring_size/, /port-0-tx-desc says 4096/);
  assertMistake(pair({ configToml: { dpdk: { rssQueues: 2 } } }), /rss_queues/, /says 4/);
  assertMistake(pair({ configToml: { dpdk: { rssEnabled: false } } }), /rss_enabled/, /says true/);
  assertMistake(
    pair({ configToml: { dpdk: { cpuCores: [2, 3, 4, 5, 6, 8] } } }),
    /cpu_cores/,
    /lcores of eal-args, 2-7/,
  );
  assertMistake(
    pair({ configToml: { network: { dpdkConfig: "/etc/other" } } }),
    /dpdk_config/,
    /the place of dpdk.conf/,
  );
  assertMistake(pair({ dpdkConf: { advanced: { rssQueues: 2 } } }), /dpdk.conf \[advanced\] rss-queues/, /says 4/);
});

test("memory that the pages do not give is refused", () => {
  assertMistake(pair({ dpdkConf: { memory: { numHugepages: 4 } } }), /num-hugepages/, /asks for 8192 MB; write 8/);
  assertMistake(
    pair({ dpdkConf: { memory: { socketMem: [4096, 1000] } } }),
    /socket-mem/,
    /multiples of a page, 1024 MB/,
  );
  assertMistake(pair({ dpdkConf: { memory: { socketMem: [4096] } } }), /socket-mem/, /2 NUMA nodes/);
  assertMistake(pair(), /socket-mem/, /has 8192,0 MB/, { ...server, hugepageMB: [8192, 0] });
});

test("the mempool must fit where the ports are", () => {
  assertMistake(pair({ dpdkConf: { memory: { socketMem: [0, 4096] } } }), /socket-mem/, /596 MB on NUMA node 0/);
  assert.deepEqual(
    dataPlaneMistakes(pair({ dpdkConf: { memory: { socketMem: [0, 4096] } } }), { ...server, portNumaNodes: [-1] }),
    [],
  );
  assertMistake(pair({ dpdkConf: { memory: { socketMem: [0, 0] } } }), /socket-mem/, /no memory at all/);
});

test("lcores that are not isolated are refused", () => {
  assertMistake(pair(), /eal-args/, /CPU 2-3 is not isolated/, { ...server, isolated: [4, 5, 6, 7] });
});

test("jumbo frames must be switched on", () => {
  assertMistake(
    pair({ dpdkConf: { advanced: { enableJumboFrames: false } } }),
    /max-rx-pkt-len/,
    /enable-jumbo-frames/,
  );
});

test("a burst longer than a queue is refused", () => {
  const plane = pair({
    dpdkConf: { performance: { burstSize: 4097, mempoolSize: 131071 } },
    configToml: { dpdk: { burstSize: 4097 } },
  });
  assertMistake(plane, /burst-size/, /fewer descriptors/);
});

test("a bond has two ports, both of this node", () => {
  const bonding = {
    mode: "active-backup",
    primaryPort: "0000:01:00.0",
    secondaryPort: "0000:02:00.0",
    linkMonitorInterval: 100,
  };
  assertMistake(pair({ dpdkConf: { bonding } }), /secondary-port/, /is no port/);
  assertMistake(
    pair({ dpdkConf: { bonding: { ...bonding, secondaryPort: "0000:01:00.0" } } }),
    /secondary-port/,
    /failover needs two/,
  );
  assert.match(
    renderDpdkConf(pair({ dpdkConf: { bonding } }).dpdkConf),
    /\[bonding\]\nenabled = true\nmode = active-backup\nprimary-port = 0000:01:00.0\n/,
  );
});

test("two ports cannot have one address", () => {
  const port = { pci: "0000:01:00.0", queues: 4, rxDesc: 1024, txDesc: 1024 };
  const change: Deep<DataPlane> = {
    dpdkConf: { ports: { numPorts: 2, list: [port, port] } },
    configToml: { dpdk: { rxRingSize: 1024, txRingSize: 1024 } },
  };
  assertMistake(pair(change), /port-1-pci/, /another port's address/);
});

test("the proposed mempool is the smallest of a power of two less one that holds", () => {
  assert.equal(mempoolSizeFor(mbufsNeeded(seedPair.dpdkConf)), 65535);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 23 }), (mbufs) => {
      const size = mempoolSizeFor(mbufs);
      assert.ok(size >= mbufs && Number.isInteger(Math.log2(size + 1)) && (size - 1) / 2 < mbufs);
    }),
  );
});

test("a packet buffer holds its longest frame", () => {
  assert.equal(mbufBytes(1518), 2368);
  assert.equal(mbufBytes(9000), 9536); // whole KiB: cards are told a size in KiB, rounded down
});
