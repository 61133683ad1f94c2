import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { labKubectl, type PodAnswer } from "../../infra/cli/lab/pods";
import { said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { telemetry } from "./telemetry";
import { until } from "./until";

// A real kubelet with the real device plugin in a guest: a pod on a virtual function, beside a node of the lab. Its proof, with which
// `lab up` ends, has already asked for everything that the first test names; here stands what is expected of it exactly.
let lab: Lab;
const NAMESPACE = "pantheonchain";
/** Two of those that are for pods. */
const wholeCpus = /^(2-3|3-4|2,4)$/;

before(async () => {
  lab = theLab("lab-k8s");
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

after(async () => {
  await kubectl("uncordon", "gamma");
});

const kubectl = (...args: string[]) => labKubectl(lab.settings, ...args);

async function pod(): Promise<PodAnswer> {
  const { pods } = (await lab.statusData()) as { pods: PodAnswer[] };
  const [only] = pods;
  assert.ok(only !== undefined && pods.length === 1, JSON.stringify(pods));
  return only;
}

/** Until the pod is ready and has received more than before: over its function, from delta. */
async function untilExchanges(after: string): Promise<PodAnswer> {
  let now = await pod();
  await until(`the pod exchanges datagrams ${after}`, 300, async () => {
    const earlier = now.facts?.received ?? 0;
    now = await pod();
    return now.ready && earlier > 0 && (now.facts?.received ?? 0) > earlier;
  });
  return now;
}

const field = (what: string, path: string) => kubectl("get", what, "-o", `jsonpath={${path}}`);

test("the pod has what it asked for: whole CPUs, hugepages, one function, no right beyond them", async () => {
  const { qosClass, facts } = await pod();
  assert.equal(qosClass, "Guaranteed");
  assert.equal(facts?.program, "pantheon-node");
  assert.match(facts?.cpus ?? "", wholeCpus);
  assert.equal(facts?.memoryNodes, "1", "where its CPUs are");
  assert.ok((facts?.hugepagesKiB ?? 0) > 0 && (facts?.hugepagesKiB ?? 0) <= 128 * 1024, String(facts?.hugepagesKiB));
  assert.match((facts?.functions ?? []).join(" "), /^0000:01:10\.[02]$/);
  assert.deepEqual([facts?.user, facts?.effective, facts?.bounding], [65532, [], ["IPC_LOCK", "SYS_NICE"]]);
  assert.equal(facts?.seccomp, "filter");
});

test("the kubelet offers the node's hugepages and functions, and keeps its CPUs for pods apart", async () => {
  const allocatable = JSON.parse(await field("node/gamma", ".status.allocatable")) as Record<string, string>;
  assert.equal(allocatable["hugepages-2Mi"], "512Mi");
  assert.equal(allocatable["pantheonchain.org/data_plane"], "2");
  assert.equal(allocatable.cpu, "3", "housekeeping CPUs are the system's");
});

test("pod and node exchange datagrams over their functions, by the word of both", async () => {
  const now = await untilExchanges("with delta");
  assert.deepEqual(now.facts?.links, [true]);
  const peers = await telemetry<Record<string, { received: number }>>(lab, "delta", "/pantheon/peers");
  const { validators_0 } = peers; // telemetry's names have no hyphens
  assert.ok((validators_0?.received ?? 0) > 0, JSON.stringify(peers));
});

test("a second up changes nothing", async () => {
  const done = await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(done.code, 0, said(done));
});

test("a killed kubelet comes back, and the pod runs on", async () => {
  const container = await containerId();
  await lab.ssh("gamma", "systemctl kill --signal=KILL kubelet");
  await until(
    "the kubelet is active",
    60,
    async () => (await lab.ssh("gamma", "systemctl is-active kubelet || true")).trim() === "active",
  );
  await until("the node is ready", 120, async () =>
    /True/.test(await field("node/gamma", ".status.conditions[?(@.type=='Ready')].status")),
  );
  await untilExchanges("after the kubelet");
  assert.equal(await containerId(), container);
});

test("a killed device plugin comes back and offers what it did", async () => {
  await lab.ssh("gamma", "pkill -KILL sriovdp");
  await until("both functions are offered", 180, async () => {
    const plugin = await kubectl(
      "get",
      "daemonset",
      "sriov",
      "-n",
      "kube-system",
      "-o",
      "jsonpath={.status.numberReady}",
    );
    return plugin === "1" && (await field("node/gamma", ".status.allocatable.pantheonchain\\.org/data_plane")) === "2";
  });
  await untilExchanges("after the plugin");
});

test("a killed data plane is started again in its pod, on its function", async () => {
  const { restarts } = await pod();
  await lab.ssh("gamma", "pkill -KILL pantheon-node");
  await until("one more restart", 180, async () => (await pod()).restarts === restarts + 1);
  await untilExchanges("after it was killed");
});

test("an update ends once the pod of the new files is ready, and one of a pod that cannot run says why", async () => {
  const before = await containerId();
  const done = await lab.up((fleet) => {
    dataPlane(fleet).descriptors = 256;
  });
  assert.equal(done.code, 0, said(done));
  assert.match(said(done), /validators: \d+ s, 0 of 1 pods are rolled out/);
  assert.match(said(done), /validators: 1 of 1 pods are rolled out/);
  assert.notEqual(await containerId(), before);
  const poor = await lab.up((fleet) => Object.assign(workload(fleet), { memory: "8Mi", progressDeadlineSeconds: 90 }));
  assert.notEqual(poor.code, 0);
  assert.match(
    said(poor),
    /validators: no other pod was ready within 90 s: 0 of 1 pods are rolled out; validators-0: its container ended with .+; read kubectl/,
  );
  const back = await lab.up();
  assert.equal(back.code, 0, said(back));
  await untilExchanges("after both");
});

test("a drained node is empty of it, and uncordoned it has the pod again", async () => {
  await kubectl("drain", "gamma", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=50s");
  await until("the pod waits for a node", 60, async () => (await pod()).waits.includes("unschedulable"));
  assert.equal((await lab.ssh("gamma", "pgrep -c pantheon-node || true")).trim(), "0");
  await kubectl("uncordon", "gamma");
  await untilExchanges("after uncordoning");
});

test("a worker that loses its power comes back with its pod, whole CPUs and functions", async () => {
  await lab.ssh("gamma", "echo b > /proc/sysrq-trigger").catch(() => "");
  await until("its pod is ready again", 600, async () => {
    const answer = await pod().catch(() => undefined);
    return answer?.ready === true;
  });
  const { facts } = await untilExchanges("after a power cut");
  assert.match(facts?.cpus ?? "", wholeCpus);
});

test("more pods than functions, and a page size that no node has, are told in a line, and the pod runs on", async () => {
  const container = await containerId();
  const more = await lab.up((fleet) => {
    workload(fleet).nodes = ["10.78.0.1/24", "10.78.0.3/24"].map((address) => ({ address }));
  });
  assert.notEqual(more.code, 0);
  assert.match(said(more), /validators: 2 pods need a node each and 1 of 1 nodes have room; free what others hold/);
  const pages = await lab.up((fleet) => {
    workload(fleet).hugepages = { size: "1Gi", amount: "1Gi" };
  });
  assert.match(
    said(pages),
    /validators: no node offers hugepages-1Gi \(1Gi asked\); gamma has 512Mi of 2Mi; set pages of 1Gi aside/,
  );
  assert.equal(await containerId(), container);
  const back = await lab.up();
  assert.equal(back.code, 0, said(back));
});

function workload(fleet: FleetYaml): Record<string, unknown> {
  const { workloads } = fleet.kubernetes as { workloads: Record<string, Record<string, unknown>> };
  return workloads.validators as Record<string, unknown>;
}

function dataPlane(fleet: FleetYaml): Record<string, unknown> {
  return workload(fleet).dataPlane as Record<string, unknown>;
}

async function containerId(): Promise<string> {
  const path = "jsonpath={.status.containerStatuses[0].containerID}";
  return kubectl("get", "pod", "validators-0", "-n", NAMESPACE, "-o", path);
}
