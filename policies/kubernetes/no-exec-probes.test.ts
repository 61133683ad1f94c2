import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { noExecProbes as rule } from "./no-exec-probes";

const exec = { exec: { command: ["true"] } };
const limits = { cpu: 2, memory: "1Gi", "hugepages-1Gi": "1Gi" };
const judged = (container: object, spec: object = {}, metadata: object = {}) =>
  judge(rule, "kubernetes:core/v1:Pod", {
    metadata: { ...metadata },
    spec: { containers: [{ name: "node", image: "node", ...container }], ...spec },
  });

test("probes over the network pass, and so do programs on CPUs that are shared", async () => {
  const http = { httpGet: { port: 80 } };
  const passing: [object, object?][] = [
    [{ resources: { limits }, livenessProbe: http, readinessProbe: { tcpSocket: { port: 1 } }, startupProbe: http }],
    [{ resources: { limits: { ...limits, cpu: "1500m" } }, livenessProbe: exec }],
    [{ resources: { limits: { "hugepages-1Gi": "1Gi", memory: "1Gi" } }, livenessProbe: exec }],
    [{ resources: { limits: { cpu: 2, "hugepages-1Gi": "1Gi" } }, livenessProbe: exec }],
    [{ resources: { limits, requests: { cpu: 1 } }, livenessProbe: exec }],
    [{ resources: { limits: { ...limits, cpu: 0 } }, livenessProbe: exec }],
    [{ resources: { limits }, livenessProbe: exec }, { initContainers: [{ name: "i", image: "i" }] }],
  ];
  for (const [container, spec] of passing) assert.deepEqual(await judged(container, spec), passes);
});

test("each kind of probe that runs a program beside a polling thread is advised against", async () => {
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    const { advice, violations } = await judged({ resources: { requests: limits, limits }, [probe]: exec });
    assert.match(advice.join(), new RegExp(`containers\\[0\\] \\(node\\) has CPUs of its own and .* in its ${probe},`));
    assert.deepEqual(violations, []);
  }
});

test("a pod without devices that asks CRI-O to leave its CPUs alone polls too", async () => {
  const container = { resources: { limits: { cpu: 2, memory: "1Gi" } }, livenessProbe: exec };
  const { advice } = await judged(container, {}, { annotations: { "cpu-quota.crio.io": "disable" } });
  assert.match(advice.join(), /in its livenessProbe/);
});

test("a memory limit that is not known yet leaves the pod unjudged, and one that is not Guaranteed anyway passes", async () => {
  const container = { resources: { limits: { ...limits, memory: unknown } }, livenessProbe: exec };
  assert.match((await judged(container)).unjudged.join(), /can't be known during preview/);
  assert.deepEqual(await judged(container, { initContainers: [{ name: "i", image: "i" }] }), passes);
});

test("other pods, and what makes no pod, are left alone", async () => {
  const web = await judged({ resources: { limits: { cpu: 2, memory: "1Gi" } }, livenessProbe: exec });
  assert.deepEqual(web.notApplicable, ["the pod is no DPDK pod"]);
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource makes no pod"]);
});
