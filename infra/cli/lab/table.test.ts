import assert from "node:assert/strict";
import { test } from "node:test";
import { problems } from "./proof";
import type { NodeAnswer, NodeStatus } from "./status";
import { labTable } from "./table";
import type { Exchange } from "./traffic";

const status: NodeStatus = {
  node: "alpha",
  bootId: "x",
  reboots: 1,
  kernelArguments: { asked: ["iommu=pt", "isolcpus=2-3"], running: ["iommu=pt"], missing: ["isolcpus=2-3"] },
  hugepages: [{ size: "2M", numaNode: 0, asked: 128, pages: 100, free: 90 }],
  isolated: { asked: "2-3", running: "" },
  nics: [
    {
      name: "data0",
      pci: "0000:01:10.0",
      function: "vf0",
      driver: "vfio-pci",
      iommuGroup: 14,
      mac: "52:54:00:d1:00:01",
      carrier: null,
    },
  ],
  dataPlane: null,
  stages: { hugepages: { state: "partial", saw: "100 of 128 pages" }, files: { state: "ok", saw: "1 file" } },
};
const answers: NodeAnswer[] = [
  { node: "alpha", status },
  { node: "beta", error: "Connection refused" },
];
const end = { pci: "0000:01:10.0", lost: 0, link: "up" };
const exchanges: Exchange[] = [
  {
    ends: [
      { ...end, node: "alpha", peer: "beta", sent: 10, received: 9 },
      { ...end, node: "beta", peer: "alpha", sent: 9, received: 0 },
    ],
  },
];

test("the table tells a missing argument, a short pool and a node that does not answer", () => {
  const text = labTable(answers, exchanges);
  assert.match(text, /MISSING isolcpus=2-3/);
  assert.match(text, /runs iommu=pt/);
  assert.match(text, /2M on NUMA node 0: 100 of 128, 90 free/);
  assert.match(text, /isolated CPUs\s+none \(asked 2-3\)/);
  assert.match(text, /data0 vf0 0000:01:10\.0 vfio-pci, IOMMU group 14/);
  assert.match(text, /no answer: Connection refused/);
  assert.match(text, /sent 10, received 9 \(beta\)/);
});

test("a lab is proven only where every stage is ok, every node answers and frames went both ways", () => {
  assert.deepEqual(problems(answers, exchanges), [
    "alpha: hugepages is partial",
    "beta does not answer (Connection refused)",
    "beta sent 9 and received 0 frames on 0000:01:10.0",
  ]);
  assert.deepEqual(
    problems([{ node: "alpha", status: { ...status, stages: { files: { state: "ok", saw: "" } } } }], []),
    [],
  );
});
