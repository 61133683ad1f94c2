import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { workloadArgs } from "../../components/kubernetes/workload.fixture";
import type { DpdkWorkloadArgs } from "../../components/kubernetes/workload-args";
import { poll } from "../../components/lab/poll";
import type { CommandResult } from "../../infra/cli/command";
import { makeStack, type TestStack } from "../engine/stack";
import { type Api, apiOf } from "./api";
import { type Cluster, startCluster, told } from "./cluster";
import { endings } from "./endings";
import { type Amounts, type Ledger, ledger, type Pod } from "./ledger";
import { GRACE, type Kind, nodesOf, simulateNodes } from "./simulated-nodes";

// 200 nodes that are objects alone, kept alive by kwok; the engine, its provider, the API server, the controllers and the scheduler are
// real. What is shown is where pods go and when, never that they run.
const GIB = 2 ** 30;
const FUNCTION = "openshift.io/data_plane";
const amounts = (cpu: number, functions: number, large: number, small: number): Amounts => ({
  ...{ cpu, memory: 32 * GIB, pods: 110 },
  ...{ [FUNCTION]: functions, "hugepages-1Gi": large * GIB, "hugepages-2Mi": small * GIB },
});
const kinds: readonly Kind[] = [
  { name: "small", pool: "general", count: 80, has: amounts(8, 2, 3, 0) },
  { name: "wide", pool: "general", count: 50, has: amounts(16, 3, 1, 1) },
  { name: "without", pool: "general", count: 60, has: amounts(32, 0, 16, 4) },
  { name: "scarce", pool: "scarce", count: 6, has: amounts(4, 1, 1, 0) },
  { name: "spare", pool: "spare", count: 3, has: amounts(4, 1, 1, 0) },
  { name: "single", pool: "single", count: 1, has: amounts(4, 1, 1, 0) },
];

const image = (digit: string) => `registry.example.com/pantheon-node@sha256:${digit.repeat(64)}`;
const nodes = (count: number) => Array.from({ length: count }, () => ({}));
const functions = (count: number) => ({ resource: FUNCTION, count });
const large = (gib: number) => ({ size: "1Gi", amount: `${gib}Gi` }) as const;
const of = (pool: string, changes: Partial<DpdkWorkloadArgs>): Partial<DpdkWorkloadArgs> => ({
  ...{ nodeSelector: { pool }, hugepages: large(1), nic: functions(1) },
  ...changes,
});

/** As many pods as the nodes they may be on have room for, or nearly so. */
const workloads: Readonly<Record<string, Partial<DpdkWorkloadArgs>>> = {
  alpha: of("general", { nodes: nodes(70), hugepages: large(2) }),
  beta: of("general", { nodes: nodes(45), nic: functions(2), cpus: 3, hugepages: { size: "2Mi", amount: "1Gi" } }),
  gamma: of("general", { nodes: nodes(100) }),
  scarce: of("scarce", { nodes: nodes(6) }),
  spare: of("spare", { nodes: nodes(2) }),
  single: of("single", { nodes: nodes(1), kind: "Deployment" }),
};
const pods = Object.values(workloads).reduce((sum, { nodes: wanted = [] }) => sum + wanted.length, 0);

let cluster: Cluster;
let stack: TestStack;
let api: Api;
let books: Ledger;
const ends = endings();

before(async () => {
  cluster = await startCluster({ nodeGrace: GRACE });
  ends.push(() => cluster.stop());
  api = apiOf(cluster.spec);
  const kwok = await simulateNodes(cluster, api, kinds);
  ends.push(() => kwok.stop());
  books = ledger(nodesOf(kinds), needs());
  const watch = api.watch<Pod>("/api/v1/pods", books.take);
  ends.push(() => watch.stop());
  stack = await makeStack(join(__dirname, "program"), { kubernetes: true });
  ends.push(() => stack.remove());
});

/** What a pod takes, from what its workload was asked for. */
function needs(): Record<string, Amounts> {
  const entries = Object.entries({ ...workloads, greedy: {} }).map(([name, changes]) => {
    const { nic, hugepages, cpus = 2 } = workloadArgs(changes);
    const gib = Number.parseInt(hugepages.amount, 10);
    return [name, { cpu: cpus, [FUNCTION]: nic.count ?? 1, [`hugepages-${hugepages.size}`]: gib * GIB }] as const;
  });
  return Object.fromEntries(entries);
}

/** All workloads, some of them changed, or one more. Its end, and what it said. */
async function upWith(changes: Readonly<Record<string, Partial<DpdkWorkloadArgs>>>): Promise<CommandResult> {
  const kubeconfig = readFileSync(cluster.kubeconfig, "utf8");
  const names = [...new Set([...Object.keys(workloads), ...Object.keys(changes)])];
  const followed = { image: image("3"), rollout: { kubeconfig }, progressDeadlineSeconds: 60 };
  stack.configure({
    kubeconfig,
    components: names.map((name) => {
      const args = workloadArgs({ namespace: name, ...followed, ...workloads[name], ...changes[name] });
      return { component: "DpdkWorkload", name, args, runs: true };
    }),
  });
  return stack.pulumi("up", "--yes", "--skip-preview", "--parallel", "16");
}

async function up(changes: Readonly<Record<string, Partial<DpdkWorkloadArgs>>> = {}): Promise<void> {
  const done = await upWith(changes);
  assert.equal(done.code, 0, done.out + done.err);
  assert.doesNotMatch(done.out, /\[mandatory\]/, done.out);
}

/** Fails, with the line. */
async function upFails(changes: Readonly<Record<string, Partial<DpdkWorkloadArgs>>>, line: RegExp): Promise<void> {
  const { code, out, err } = await upWith(changes);
  assert.notEqual(code, 0, out);
  assert.match(out + err, line);
}

async function until(what: string, condition: () => boolean | Promise<boolean>, limit = 120): Promise<void> {
  assert.ok(await poll({ limit, every: 0.1 }, condition), `${what}: not within ${limit} s`);
}

/** The books have come to what was asked for, which `up` has waited for: a watch may be a little behind. */
function settled(name: string, wanted = image("3")): Promise<void> {
  const count = workloads[name]?.nodes?.length;
  const isWanted = ({ spec }: Pod) => spec.containers[0]?.image === wanted;
  return until(
    `${name} ready`,
    () => books.ready(name) === count && books.pods(name).length === count && books.pods(name).every(isWanted),
    10,
  );
}

async function evict(namespace: string, name: string): Promise<number> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const metadata = { namespace, name };
  return (await api.call("POST", path, { apiVersion: "policy/v1", kind: "Eviction", metadata })).status;
}

test("all pods of six workloads are ready, and no node had ever more on it than it has, nor two pods of one workload", async () => {
  await up();
  for (const name of Object.keys(workloads)) await settled(name);
  assert.deepEqual(books.wrong, []);
  const bound = Object.keys(workloads).flatMap((name) => books.pods(name).map(({ spec }) => spec.nodeName));
  assert.equal(bound.length, pods);
  assert.ok(!bound.some((node) => node?.startsWith("without")), "a node without functions has a pod");
});

test("a pod that fits nowhere ends the update with the scheduler's reason, and nobody is moved for it", async () => {
  books.mark();
  const greedy = of("general", { nodes: nodes(1), nic: functions(4), cpus: 5, progressDeadlineSeconds: 5 });
  await upFails(
    { greedy },
    /greedy: no other pod was ready within 5 s: 0 of 1 pods are rolled out; greedy-0: 0\/200 nodes are available: .*190 Insufficient openshift\.io\/data_plane.*; free what others hold there/,
  );
  for (const name of ["alpha", "beta", "gamma"]) assert.equal(books.fewest(name), workloads[name]?.nodes?.length);
});

test("a roll-out of as many pods as there are functions ends, with one pod away at most, and the update with it", async () => {
  books.mark();
  await up({ scarce: { image: image("4") }, single: { image: image("4") } });
  for (const name of ["scarce", "single"]) await settled(name, image("4"));
  assert.equal(books.fewest("scarce"), 5);
  assert.equal(books.fewest("single"), 0); // one node, one function: the old pod goes before the new one comes
  assert.deepEqual(books.wrong, []);
});

test("a roll-out that fits nowhere takes one pod away and no more, the update says so, and the next one takes it back", async () => {
  books.mark();
  await upFails(
    { scarce: { nic: functions(2), cpus: 3, progressDeadlineSeconds: 5 } },
    /scarce: no other pod was ready within 5 s: 0 of 6 pods are rolled out; scarce-5: .*6 Insufficient openshift\.io\/data_plane/,
  );
  assert.equal(books.ready("scarce"), 5);
  await up();
  await settled("scarce");
  assert.equal(books.fewest("scarce"), 5);
  const files = await told(
    cluster,
    ..."get statefulset scarce -n scarce -o jsonpath={.spec.template.spec.volumes[0].configMap.name}".split(" "),
  );
  assert.equal(
    await told(cluster, ..."get configmap -n scarce -l app.kubernetes.io/instance=scarce -o name".split(" ")),
    `configmap/${files}\n`,
  );
});

test("of two nodes that are drained at once, the second waits until the first one's pod is ready elsewhere", async () => {
  books.mark();
  const [first, second] = books.pods("alpha").map(({ spec }) => spec.nodeName as string);
  const drained = await Promise.all(
    [first, second].map((node) => cluster.kubectl("drain", node as string, "--delete-emptydir-data", "--timeout=110s")),
  );
  for (const { code, err } of drained) assert.equal(code, 0, err);
  await until("70 are ready again", () => books.ready("alpha") === 70);
  assert.equal(books.fewest("alpha"), 69);
  const left = books.pods("alpha").filter(({ spec }) => spec.nodeName === first || spec.nodeName === second);
  assert.deepEqual(left, []);
  assert.deepEqual(books.wrong, []);
});

test("an eviction beyond the budget is refused, and one within it comes back on the spare node", async () => {
  const before = books.pods("spare").map(({ spec }) => spec.nodeName);
  const [spare] = ["spare-0", "spare-1", "spare-2"].filter((node) => !before.includes(node));
  const [moved] = books.pods("spare");
  await cluster.kubectl("cordon", moved?.spec.nodeName as string);
  assert.equal(await evict("spare", "spare-0"), 201);
  assert.equal(await evict("spare", "spare-1"), 429);
  await until("both are ready", () => books.ready("spare") === 2);
  const after = books.pods("spare").map(({ spec }) => spec.nodeName);
  assert.ok(after.includes(spare), `${before} became ${after}`);
});

test("destroy leaves no pod and no budget behind", async () => {
  const done = await stack.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(done.code, 0, done.out + done.err);
  const left = await cluster.kubectl("get", "pods,statefulsets,deployments,poddisruptionbudgets", "-A", "-o", "name");
  assert.equal(left.out.trim(), "", left.err);
});
