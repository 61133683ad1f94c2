import assert from "node:assert/strict";
import { test } from "node:test";
import { type Finding, findingsTable, parseFindings, safeStages } from "./findings";

const pages: Finding = {
  issue: "hugepages",
  cause: "100 of 128 hugepages of 2M on NUMA node 1",
  evidence: "nr_hugepages 100",
  mend: "sudo dpdk-node-agent apply hugepages",
  stage: "hugepages",
  safe: true,
};
const binding: Finding = {
  ...pages,
  issue: "nic-binding",
  cause: "not bound",
  mend: "run up again",
  stage: null,
  safe: false,
};

test("findings are read as the agent writes them, and anything else is one line", () => {
  assert.deepEqual(parseFindings("alpha", JSON.stringify([pages, binding])), [pages, binding]);
  for (const text of ["", "no IOMMU: turn VT-d on", '[{"issue":"iommu"}]']) {
    assert.throws(() => parseFindings("alpha", text), /^CommandLineError: the agent of alpha answered .* no findings/);
  }
});

test("only stages that the agent calls safe are applied, each once", () => {
  const unsafe: Finding = { ...pages, stage: "hugepage-mounts", safe: false };
  assert.deepEqual(safeStages([pages, binding, unsafe, pages]), ["hugepages"]);
});

test("the table has cause, evidence and what mends it, by the seed's number", () => {
  const table = findingsTable([
    { node: "alpha", findings: [pages], fixed: [{ stage: "sysctl", done: false, said: "the kernel refused it" }] },
    { node: "beta", findings: [], fixed: [] },
    { node: "gamma", error: "ssh: connect to host 192.0.2.7 port 22: Connection refused" },
  ]);
  assert.equal(
    table,
    [
      "alpha  not mended   sysctl: the kernel refused it",
      "alpha  2 hugepages  100 of 128 hugepages of 2M on NUMA node 1",
      "                    seen: nr_hugepages 100",
      "                    mend: sudo dpdk-node-agent apply hugepages (safe: doctor --fix does it)",
      "beta   nothing      none of the issues is found",
      "gamma  no answer    ssh: connect to host 192.0.2.7 port 22: Connection refused",
    ].join("\n"),
  );
});
