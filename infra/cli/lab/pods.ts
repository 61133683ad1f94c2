import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "../../../components/fleet/types";
import { OF_ALL } from "../../../components/kubernetes/pod";
import { kubeconfigFile } from "../../../components/lab/control-plane/access";
import { poll } from "../../../components/lab/poll";
import { controlPlaneFolder } from "../../../components/lab/ports";
import { guestsFolder } from "../../registry";
import { run } from "../command";
import { CommandLineError } from "../errors";
import { layout } from "../layout";
import type { LabSettings } from "./settings";
import { currentKubernetes } from "./stack";
import type { AgentCall } from "./status";

/** A pod as the API server has it. */
interface Pod {
  metadata: { name: string; namespace: string };
  spec: { nodeName?: string; containers: { ports?: { name?: string; containerPort: number }[] }[] };
  status: {
    qosClass: string;
    phase: string;
    podIP?: string;
    containerStatuses?: { ready: boolean; restartCount: number; containerID?: string; imageID: string }[];
    conditions?: { type: string; status: string; message?: string }[];
  };
}

/** What its worker's kernel and the program itself tell (pod-facts.py). */
interface PodFacts {
  program: string;
  user: number;
  cpus: string;
  /** NUMA nodes that its memory is of. */
  memoryNodes: string;
  effective: string[];
  bounding: string[];
  seccomp: string;
  hugepagesKiB: number;
  functions: string[];
  sent: number;
  received: number;
  links: boolean[];
  metrics: string;
}

/** A data plane's pod of the lab's cluster. */
export interface PodAnswer {
  name: string;
  node: string;
  qosClass: string;
  ready: boolean;
  restarts: number;
  /** Why it does not run, by Kubernetes' word; empty where it does. */
  waits: string;
  facts: PodFacts | null;
}

/** kubectl with the operator's login to the lab's cluster. */
export async function labKubectl(settings: LabSettings, ...args: string[]): Promise<string> {
  const programs = currentKubernetes(settings);
  const KUBECONFIG = kubeconfigFile(controlPlaneFolder(guestsFolder(settings.labFolder)));
  const done = await run(programs, ["kubectl", ...args], { environment: { KUBECONFIG }, seconds: 60 });
  if (done.code === 0) return done.out;
  const last = done.err.trim().split("\n").at(-1) ?? "";
  throw new CommandLineError(`kubectl ${args.join(" ")}: ${last}`, "npm run lab:k8s brings the cluster up; run that");
}

/** All pods of the data plane, asked from the API server and on their workers. */
export async function askPods(settings: LabSettings, calls: readonly AgentCall[]): Promise<PodAnswer[]> {
  const [label = ""] = Object.entries(OF_ALL).map(([key, value]) => `${key}=${value}`);
  const found = JSON.parse(await labKubectl(settings, "get", "pods", "-A", "-l", label, "-o", "json")) as {
    items: Pod[];
  };
  return Promise.all(found.items.map((pod) => askPod(pod, calls)));
}

async function askPod(pod: Pod, calls: readonly AgentCall[]): Promise<PodAnswer> {
  const { nodeName } = pod.spec;
  const [state] = pod.status.containerStatuses ?? [];
  const call = calls.find(({ node }) => node === nodeName);
  const waits = (pod.status.conditions ?? []).find(
    ({ status, message }) => status === "False" && message !== undefined,
  );
  return {
    name: pod.metadata.name,
    node: nodeName ?? "none",
    qosClass: pod.status.qosClass,
    ready: state?.ready ?? false,
    restarts: state?.restartCount ?? 0,
    waits: state?.ready === true ? "" : (waits?.message ?? pod.status.phase),
    facts: call === undefined || state?.containerID === undefined ? null : await factsOf(pod, state.containerID, call),
  };
}

async function factsOf(pod: Pod, containerId: string, call: AgentCall): Promise<PodFacts | null> {
  const port = pod.spec.containers[0]?.ports?.find(({ name }) => name === "metrics")?.containerPort ?? 0;
  const id = containerId.replace(/^.*:\/\//, "");
  const command = `${call.sudo ? "sudo -n " : ""}python3 - ${id} ${pod.status.podIP} ${port}`;
  const input = readFileSync(join(__dirname, "pod-facts.py"), "utf8");
  const done = await run("ssh", ["-F", call.sshConfig, call.node, command], { input, seconds: 60 });
  return done.code === 0 ? (JSON.parse(done.out) as PodFacts) : null;
}

/** The pods as a table: what a pod asked for, by the word of who gave it. */
export function podTable(pods: readonly PodAnswer[]): string {
  const subjects: [string, (pod: PodAnswer) => string[]][] = [
    ["node", ({ node }) => [node]],
    ["state", ({ ready, restarts, waits }) => [ready ? `ready, ${restarts} restarts` : waits]],
    ["QoS class", ({ qosClass }) => [qosClass]],
    ["CPUs", of((facts) => [`${facts.cpus} alone, memory of NUMA node ${facts.memoryNodes}`])],
    ["hugepages", of((facts) => [`${facts.hugepagesKiB / 1024} MiB in use`])],
    ["functions", of((facts) => facts.functions)],
    [
      "user",
      of((facts) => [
        `${facts.user}, capabilities ${list(facts.effective)} of ${list(facts.bounding)}, seccomp ${facts.seccomp}`,
      ]),
    ],
    [
      "datagrams",
      of((facts) => [
        `sent ${facts.sent}, received ${facts.received}${facts.metrics === "ok" ? "" : ` (${facts.metrics})`}`,
      ]),
    ],
  ];
  const rows = subjects.map(([subject, cell]) => [[subject], ...pods.map(cell)]);
  return layout([[[""], ...pods.map(({ name }) => [name])], ...rows]);
}

function of(tell: (facts: PodFacts) => string[]): (pod: PodAnswer) => string[] {
  return ({ facts }) => (facts === null ? ["not known"] : tell(facts));
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(" ");
}

/** What is not as the fleet file says; empty where all is well. */
export function podProblems(pods: readonly PodAnswer[], { kubernetes }: Fleet): string[] {
  const wanted = [...(kubernetes?.workloads ?? [])].reduce((sum, [, { nodes }]) => sum + nodes.length, 0);
  const missing = pods.length === wanted ? [] : [`${pods.length} pods of ${wanted}`];
  const wrong = pods.flatMap(({ name, ready, waits, qosClass, facts }) => {
    if (!ready) return [`${name}: ${waits}`];
    if (qosClass !== "Guaranteed") return [`${name} is ${qosClass}, not Guaranteed`];
    if (facts === null) return [`${name}: its worker does not tell of it`];
    return facts.received === 0 ? [`${name} has received nothing: ${facts.metrics}`] : [];
  });
  return [...missing, ...wrong];
}

/** Asks until nothing is wrong or `limit` seconds have passed: pods come up and exchange their first frames. */
export async function settledPods(
  settings: LabSettings,
  calls: readonly AgentCall[],
  fleet: Fleet,
  limit: number,
): Promise<PodAnswer[]> {
  let pods: PodAnswer[] = [];
  await poll({ limit, every: 5 }, async () => {
    pods = await askPods(settings, calls);
    return podProblems(pods, fleet).length === 0;
  });
  return pods;
}
