import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { capabilitiesInOwnNamespace as rule } from "./capabilities-in-own-namespace";
import { made, workload } from "./stack.fixture";

const resources = { limits: { "hugepages-1Gi": "1Gi" } };
const adds = (...add: string[]) => ({ capabilities: { add } });
const node = (securityContext: object | string = adds("IPC_LOCK"), namespace: string | null = "dpdk") =>
  workload("node", {
    container: { resources, securityContext },
    ...(namespace === null ? {} : { namespace }),
  });
const namespace = (labels?: object | string, kind = "Namespace", name = "dpdk") =>
  made(`core/v1:${kind}`, name, { metadata: { name, ...(labels === undefined ? {} : { labels }) } });
const enforce = (level: string) => ({ "pod-security.kubernetes.io/enforce": level });
const privileged = namespace(enforce("privileged"));
const judged = (...all: StackResource[]) => judgeStack(rule, all);

test("capabilities in a namespace of their own that admits them pass", async () => {
  assert.deepEqual(await judged(node(), privileged), passes);
  const neighbours = [
    workload("other-node", { namespace: "dpdk", container: { resources } }),
    workload("web", { namespace: "web" }),
    workload("plugin", { namespace: "dpdk", container: { image: "sriov-network-device-plugin:v3" } }),
  ];
  assert.deepEqual(await judged(node(), privileged, ...neighbours), passes);
  assert.deepEqual(await judged(node(), namespace({}, "NamespacePatch")), passes);
  assert.deepEqual(await judged(node(), namespace({}), namespace(enforce("privileged"), "NamespacePatch")), passes);
  assert.deepEqual(await judged(node(), namespace(enforce("restricted"), "Namespace", "other")), passes);
});

test("pods that take no capability beyond baseline may be anywhere", async () => {
  for (const context of [{}, adds("NET_BIND_SERVICE", "CAP_SYS_CHROOT"), { privileged: false }])
    assert.deepEqual(await judged(node(context, "default")), passes);
  const web = workload("web", { namespace: "default", container: { securityContext: adds("NET_ADMIN") } });
  assert.deepEqual(await judged(web), passes);
});

test("the namespaces that every cluster has are refused", async () => {
  for (const name of ["default", "kube-system"]) {
    const { violations } = await judged(node(adds("CAP_IPC_LOCK", "net_raw"), name));
    assert.match(violations.join(), new RegExp(`node: the pod takes IPC_LOCK, NET_RAW in namespace ${name}`));
  }
  assert.match(
    (await judged(node({ privileged: true }, "default"))).violations.join(),
    /takes privileged in namespace/,
  );
});

test("a namespace that enforces another level is refused, by itself or by a patch", async () => {
  for (const level of ["baseline", "restricted"]) {
    const { violations } = await judged(node(), namespace(enforce(level)));
    assert.match(violations.join(), new RegExp(`takes IPC_LOCK, and namespace dpdk enforces ${level}`));
    assert.equal((await judged(node(), namespace(enforce(level), "NamespacePatch"))).violations.length, 1);
  }
});

test("other pods in the namespace are refused by name", async () => {
  const { violations } = await judged(node(), privileged, workload("web", { namespace: "dpdk" }));
  assert.match(violations.join(), /in namespace dpdk, where Deployment web may then take everything too/);
});

test("no level and no namespace are warned of", async () => {
  for (const labels of [{}, undefined]) {
    const { violations, advice } = await judged(node(), namespace(labels));
    assert.deepEqual(violations, []);
    assert.match(advice.join(), /namespace dpdk does not say what it admits/);
  }
  const { violations, advice } = await judged(node(adds("IPC_LOCK"), null));
  assert.deepEqual(violations, []);
  assert.match(advice.join(), /takes IPC_LOCK and names no namespace/);
});

test("what is not known yet hides nothing beside it", async () => {
  const { violations, unjudged } = await judged(node(adds(unknown)), node(adds("IPC_LOCK"), "default"));
  assert.equal(violations.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
  const labels = await judged(node(), namespace(unknown), workload("web", { namespace: "dpdk" }));
  assert.match(labels.violations.join(), /Deployment web/);
  assert.equal(labels.unjudged.length, 1);
  const beside = workload("later", { namespace: "dpdk", container: { resources: unknown } });
  assert.equal((await judged(node(), namespace(enforce("baseline")), beside)).violations.length, 1);
});

test("a container that is not known yet may be the one that takes what baseline refuses", async () => {
  const containers = [
    { name: "a", resources },
    { name: "b", securityContext: unknown },
  ];
  const { violations, unjudged } = await judged(workload("node", { namespace: "default", spec: { containers } }));
  assert.deepEqual([violations, unjudged.length], [[], 1]);
});

test("stacks without pods are left alone", async () => {
  assert.deepEqual((await judged(privileged)).notApplicable, ["the stack makes no pod"]);
});
