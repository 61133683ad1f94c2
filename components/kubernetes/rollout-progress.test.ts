import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoreV1Event, V1ContainerState, V1Pod, V1StatefulSet, V1StatefulSetStatus } from "@kubernetes/client-node";
import { deploymentProgress, lastWarning, statefulSetProgress, waiting, waitingRemedy } from "./rollout-progress";

interface PodOf {
  revision?: string;
  ready?: boolean;
  ends?: boolean;
  unplaced?: string;
  state?: V1ContainerState;
  last?: V1ContainerState;
  failed?: { reason: string; message: string };
}

function pod(
  name: string,
  { revision = "new", ready = false, ends = false, unplaced, state, last, failed }: PodOf,
): V1Pod {
  return {
    metadata: {
      name,
      labels: { "controller-revision-hash": revision },
      ...(ends ? { deletionTimestamp: new Date(0) } : {}),
    },
    status: {
      ...(failed === undefined ? {} : { phase: "Failed", ...failed }),
      conditions: [
        { type: "Ready", status: ready ? "True" : "False" },
        ...(unplaced === undefined ? [] : [{ type: "PodScheduled", status: "False", message: unplaced }]),
      ],
      ...(state === undefined
        ? {}
        : {
            containerStatuses: [
              { name: "node", ready, image: "", imageID: "", restartCount: 0, state, ...(last && { lastState: last }) },
            ],
          }),
    },
  };
}

function set(status: Partial<V1StatefulSetStatus>, generation = 2): V1StatefulSet {
  const revisions = { currentRevision: "new", updateRevision: "new" };
  const counts = { replicas: 2, readyReplicas: 2, updatedReplicas: 2 };
  return {
    metadata: { generation },
    spec: { replicas: 2, serviceName: "v", selector: {}, template: {} },
    status: { observedGeneration: 2, ...revisions, ...counts, ...status },
  };
}

const both = [pod("v-0", { ready: true }), pod("v-1", { ready: true })];

test("a StatefulSet is rolled out once all pods are of the new revision and ready, and no sooner", () => {
  assert.deepEqual(statefulSetProgress(set({}), both), { wanted: 2, ready: 2, isDone: true });
  assert.deepEqual(statefulSetProgress(set({}), both.slice(1)), { wanted: 2, ready: 2, isDone: true });
  const later: Partial<V1StatefulSetStatus>[] = [
    { readyReplicas: 1 },
    { updatedReplicas: 1 },
    { replicas: 3 },
    { currentRevision: "old" },
  ];
  for (const status of later)
    assert.equal(statefulSetProgress(set(status), both).isDone, false, JSON.stringify(status));
});

test("the status of before a change is no news, however well all looks", () => {
  assert.deepEqual(statefulSetProgress(set({}, 3), both), { wanted: 2, ready: 0, isDone: false });
  const deployment = {
    metadata: { generation: 3 },
    spec: { replicas: 1, selector: {}, template: {} },
    status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
  };
  assert.deepEqual(deploymentProgress(deployment), { wanted: 1, ready: 0, isDone: false });
  assert.deepEqual(deploymentProgress({ ...deployment, metadata: { generation: 2 } }), {
    ...{ wanted: 1, ready: 1, isDone: true },
  });
  assert.equal(statefulSetProgress({ ...set({}), status: undefined } as never, both).isDone, false);
});

test("pods of before, and pods that end, are not counted as rolled out", () => {
  const pods = [pod("v-0", { ready: true, revision: "old" }), pod("v-1", { ready: true, ends: true })];
  assert.equal(statefulSetProgress(set({ currentRevision: "old" }), pods).ready, 0);
});

test("a Deployment whose old pod is still there is not rolled out", () => {
  const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 1, availableReplicas: 1 };
  const deployment = { metadata: { generation: 1 }, spec: { replicas: 1, selector: {}, template: {} }, status };
  assert.equal(deploymentProgress(deployment).isDone, false);
});

const place = "0/3 nodes are available: 3 Insufficient hugepages-1Gi.";
const cases: readonly [what: string, of: PodOf, why: string, remedy: RegExp][] = [
  ["has no place", { unplaced: place }, place, /^free what others hold/],
  [
    "has no image",
    { state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } } },
    "ImagePullBackOff: Back-off pulling image",
    /^see that the image is there/,
  ],
  [
    "ends again and again",
    { state: { waiting: { reason: "CrashLoopBackOff" } }, last: { terminated: { exitCode: 70 } } },
    "its container ended with 70",
    /^read kubectl logs v-1 -n here --previous/,
  ],
  [
    "has too little memory to begin",
    { state: { terminated: { exitCode: 128, reason: "StartError", message: "container init was OOM-killed\n" } } },
    "its container ended with 128: StartError: container init was OOM-killed",
    /^read kubectl describe pod v-1/,
  ],
  [
    "is not admitted by the kubelet",
    { failed: { reason: "TopologyAffinityError", message: "Resources cannot be allocated with Topology locality" } },
    "TopologyAffinityError: Resources cannot be allocated with Topology locality",
    /^read kubectl describe pod v-1 -n here/,
  ],
  ["runs", { state: { running: {} } }, "it runs and is not ready yet", /^read kubectl describe pod v-1/],
  ["ends", { ends: true, ready: true }, "it ends", /^read kubectl describe pod v-1/],
  ["is being made", { state: { waiting: { reason: "ContainerCreating" } } }, "", /^read kubectl describe pod v-1/],
];

test("who waits is told with the reason and what to do about it", () => {
  for (const [what, of, why, remedy] of cases) {
    const found = waiting([pod("v-0", { ready: true }), pod("v-1", of)]);
    assert.equal(found.pod, "v-1", what);
    assert.equal(found.why, why, what);
    assert.match(waitingRemedy(found, "statefulset v", "here"), remedy, what);
  }
});

test("of several, the one without a place comes before one that is only being made", () => {
  assert.equal(waiting([pod("v-0", { ends: true }), pod("v-1", { unplaced: place })]).pod, "v-1");
});

test("where a pod is not made at all, its owner is asked", () => {
  const found = waiting([pod("v-0", { ready: true })]);
  assert.equal(found.pod, null);
  assert.match(waitingRemedy(found, "statefulset v", "here"), /^read kubectl describe statefulset v -n here/);
});

test("a pod that tells nothing itself is explained by the last warning of its own that is one", () => {
  const made = { ...pod("v-1", {}), metadata: { name: "v-1", uid: "of-now" } };
  const event = (reason: string, minute: number, involvedObject: object): CoreV1Event => ({
    ...{ metadata: {}, involvedObject, reason, message: `${reason} told` },
    lastTimestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  });
  const own = { kind: "Pod", name: "v-1", uid: "of-now" };
  const events = [
    event("FailedMount", 2, own),
    event("FailedCreatePodSandBox", 1, own),
    event("MissingClusterDNS", 3, own),
    event("FailedMount", 4, { kind: "Pod", name: "v-1", uid: "of-before" }),
    event("FailedCreate", 5, { kind: "StatefulSet", name: "v", uid: "set" }),
  ];
  const late = waiting([made]);
  assert.equal(lastWarning(late, "v", [made], events), "FailedMount: FailedMount told");
  assert.equal(lastWarning(late, "v", [made], []), "it begins");
  assert.equal(lastWarning(waiting([]), "v", [], events), "FailedCreate: FailedCreate told");
});
