import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { rules } from "../../policies/rules";
import { makeStack, type TestStack } from "./stack";

// The real engine runs the pack beside a program that makes the resources of the tests: what it refuses, no provider hears of.
let stack: TestStack;

before(async () => {
  stack = await makeStack(join(__dirname, "policy-program"));
});

after(() => stack.remove());

afterEach(async () => {
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
});

const example = JSON.parse(readFileSync(resolve(__dirname, "../../components/host/plan.example.json"), "utf8"));
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";
const digest = `@sha256:${"0".repeat(64)}`;

const plan = (changes: object) => ({
  type: "command:local:Command",
  props: { create: "true", stdin: JSON.stringify({ ...example, ...changes }) },
});
const kernel = (...tokens: string[]) => ({ kernel: { ...example.kernel, arguments: tokens } });
const remote = (props: object) => ({
  type: "command:remote:Command",
  props: { create: "true", connection: { host: "192.0.2.1", hostKey }, ...props },
});
const local = (create: string) => ({ type: "command:local:Command", props: { create } });
const pod = (container: object) => ({
  type: "kubernetes:core/v1:Pod",
  props: { spec: { containers: [{ name: "node", image: `registry.example.com/node${digest}`, ...container }] } },
});
const converge = (image: string) => local(`true dpdk-node-agent converge --image ${image}`);

/** A violation of every rule, and a word of what it is told. */
const violations: Record<string, [resource: object, says: RegExp]> = {
  "dpdk-hugepages-within-memory": [
    plan({ hugepages: [{ size: "2M", numaNode: 0, pages: 4096 }] }),
    /alpha: 8,192 MiB of hugepages on NUMA node 0/,
  ],
  "dpdk-cpus-disjoint": [plan({ cpus: { online: "0-3", housekeeping: "0-2", isolated: "2-3" } }), /takes CPU 2/],
  "dpdk-iommu-matches-driver": [plan(kernel("intel_iommu=off")), /needs the IOMMU/],
  "dpdk-management-nic-unbound": [plan({ wayIn: ["0000:01:00.0"] }), /carries the SSH connection/],
  "dpdk-kernel-arguments-unique": [plan(kernel("iommu=pt", "quiet", "quiet")), /quiet and quiet set the same/],
  "dpdk-host-key-pinned": [remote({ connection: { host: "192.0.2.1" } }), /connection has no hostKey/],
  "dpdk-no-secret-in-command": [local("true || sshpass -p hunter2 ssh 192.0.2.1"), /create holds a password/],
  "dpdk-hugepages-request-is-limit": [
    pod({ resources: { requests: { "hugepages-1Gi": "1Gi" }, limits: { "hugepages-1Gi": "2Gi" } } }),
    /requests 1Gi of hugepages-1Gi and its limit is 2Gi/,
  ],
  "dpdk-image-by-digest": [converge("registry.example.com/node:latest"), /which has no digest/],
};

/** A resource for every rule that is only judged once something else has run. */
const unknowns: Record<string, object> = {
  plan: { type: "command:local:Command", props: { create: "true", stdin: "LATER" } },
  connection: remote({ connection: { host: "192.0.2.1", hostKey: "LATER" } }),
  command: { type: "command:local:Command", props: { create: "LATER" } },
  pod: pod({ resources: { limits: { "hugepages-1Gi": "LATER" } } }),
};

test("the tests below know every rule of the pack", () => {
  assert.deepEqual(Object.keys(violations).sort(), rules.map(({ name }) => name).sort());
});

test("what is right passes a preview, and the preview says that the pack has run", async () => {
  const resources = { plan: plan({}), remote: remote({}), converge: converge(`registry.example.com/node${digest}`) };
  stack.configure({ later: "x", resources });
  const { code, out, err } = await stack.pulumi("preview");
  assert.equal(code, 0, out + err);
  assert.match(out, /dpdk-fleet@v0\.1\.0/);
  assert.doesNotMatch(out, /mandatory|advisory/);
});

test("a violation of each rule is refused, by the rule's name and the value that is wrong", async () => {
  const resources = Object.fromEntries(Object.entries(violations).map(([name, [resource]]) => [name, resource]));
  stack.configure({ later: "x", resources });
  const { code, out } = await stack.pulumi("preview");
  assert.notEqual(code, 0);
  for (const [name, [, says]] of Object.entries(violations)) {
    assert.match(out, new RegExp(`\\[mandatory\\].*${name} `), name);
    assert.match(out, says, name);
  }
});

test("each rule says what it could not judge in a preview", async () => {
  stack.configure({ later: "x", resources: unknowns });
  const { code, out, err } = await stack.pulumi("preview");
  assert.equal(code, 0, out + err);
  for (const { name } of rules)
    assert.match(out, new RegExp(`can't run policy '${name}'.*can't be known during preview`), name);
});

test("what a preview could not know is judged by up, before the resource is made", async () => {
  const bad = JSON.stringify({ ...example, wayIn: ["0000:01:00.0"] });
  const marker = join(stack.folder, "made");
  const judged = { type: "command:local:Command", props: { create: `touch ${marker}`, stdin: "LATER" } };
  stack.configure({ later: bad, resources: { judged } });
  assert.equal((await stack.pulumi("preview")).code, 0);
  const { code, out } = await stack.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0);
  assert.match(out, /data0 \(0000:01:00\.0\) carries the SSH connection/);
  assert.throws(() => readFileSync(marker), /ENOENT/);
});
