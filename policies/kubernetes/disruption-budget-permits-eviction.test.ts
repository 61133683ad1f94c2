import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStack, passes, type StackResource, unknown } from "../resource.fixture";
import { disruptionBudgetPermitsEviction as rule } from "./disruption-budget-permits-eviction";
import { made, workload } from "./stack.fixture";

const labels = { app: "node" };
const node = (replicas: unknown, kind?: string, more: object = {}) =>
  workload(
    "node",
    { namespace: "dpdk", labels, workload: { ...(replicas === null ? {} : { replicas }) }, ...more },
    kind,
  );
const budget = (spec: object, kind = "policy/v1:PodDisruptionBudget") =>
  made(kind, "budget", { metadata: { namespace: "dpdk" }, spec: { selector: { matchLabels: labels }, ...spec } });
const judged = (spec: object, ...others: StackResource[]) => judgeStack(rule, [budget(spec), ...others]);
const scaler = (minReplicas: number, name = "node", kind = "Deployment") =>
  made("autoscaling/v2:HorizontalPodAutoscaler", "scaler", {
    spec: { scaleTargetRef: { kind, name }, minReplicas },
  });

test("a budget that lets one pod go passes", async () => {
  const cases: [object, ...StackResource[]][] = [
    [{ maxUnavailable: 1 }, node(1)],
    [{ maxUnavailable: "1%" }, node(1)],
    [{ minAvailable: 1 }, node(2)],
    [{ minAvailable: "50%" }, node(3)],
    [{ minAvailable: 0 }, node(1)],
    [{ minAvailable: 1 }],
    [{ minAvailable: 2 }, node(1), node(2, "apps/v1:StatefulSet")],
    [{ minAvailable: 1 }, node(null, "apps/v1:DaemonSet")],
    [{ minAvailable: "50%" }, node(null, "apps/v1:DaemonSet")],
    [{ minAvailable: 1 }, node(0)],
    [{ minAvailable: 1 }, node(null), scaler(2)],
    [{ minAvailable: 3 }, node(3, "apps/v1:Deployment", { namespace: "other" })],
    [{ minAvailable: 3 }, node(3, "apps/v1:Deployment", { labels: { app: "web" } })],
    [{ minAvailable: 3, selector: null }, node(3)],
    [{}, node(1)],
  ];
  for (const [spec, ...others] of cases) assert.deepEqual(await judged(spec, ...others), passes, JSON.stringify(spec));
});

test("a budget that lets no pod go is refused, with the pods that it holds", async () => {
  const cases: [RegExp, object, ...StackResource[]][] = [
    [/budget: maxUnavailable is 0: no pod may be evicted, so a drain of its node never ends/, { maxUnavailable: 0 }],
    [/maxUnavailable is 0%/, { maxUnavailable: "0%" }],
    [/minAvailable is 100%/, { minAvailable: "100%" }],
    [/minAvailable is 1 and Deployment node has 1: none/, { minAvailable: 1 }, node(null)],
    [/minAvailable is 3 and Deployment node has 2/, { minAvailable: 3 }, node(2)],
    [/minAvailable is 2 and Deployment node has 2/, { minAvailable: "2" }, node(2)],
    [/ReplicaSet node has 1/, { minAvailable: 1 }, node(1, "apps/v1:ReplicaSet")],
    [/ReplicationController node has 1/, { minAvailable: 1 }, node(1, "core/v1:ReplicationController")],
    [/minAvailable is 90% and Deployment node has 3/, { minAvailable: "90%" }, node(3)],
    [/Deployment node, StatefulSet node has 2/, { minAvailable: 2 }, node(1), node(1, "apps/v1:StatefulSet")],
    [/Deployment node has 1/, { minAvailable: 1 }, node(1), scaler(5, "other")],
    [/Deployment node has 1/, { minAvailable: 1 }, node(1), scaler(5, "node", "StatefulSet")],
  ];
  for (const [says, spec, ...others] of cases) {
    const { violations } = await judged(spec, ...others);
    assert.equal(violations.length, 1, String(says));
    assert.match(violations.join(), says);
  }
});

test("a number is no share, however large", async () => {
  assert.deepEqual(await judged({ minAvailable: 100 }), passes);
});

test("a bare pod is one pod, and the older version of a budget is judged too", async () => {
  const pod = made("core/v1:Pod", "node", { metadata: { namespace: "dpdk", labels }, spec: { containers: [] } });
  assert.match((await judged({ minAvailable: 1 }, pod)).violations.join(), /Pod node has 1/);
  const older = await judgeStack(rule, [budget({ maxUnavailable: 0 }, "policy/v1beta1:PodDisruptionBudget")]);
  assert.equal(older.violations.length, 1);
});

test("what is not known yet leaves only its own budget unjudged", async () => {
  const { violations, unjudged } = await judgeStack(rule, [
    budget({ maxUnavailable: unknown }),
    budget({ maxUnavailable: 0 }),
  ]);
  assert.equal(violations.length, 1);
  assert.match(unjudged.join(), /can't be known during preview/);
  const labelled = node(1, "apps/v1:Deployment", { labels: unknown });
  const maybe = await judged({ minAvailable: 1 }, node(1), labelled);
  assert.deepEqual([maybe.violations, maybe.unjudged.length], [[], 1]);
  assert.equal((await judged({ minAvailable: 1 }, node(unknown))).unjudged.length, 1);
});

test("a stack without a budget is left alone", async () => {
  assert.deepEqual((await judgeStack(rule, [node(1)])).notApplicable, ["the stack has no disruption budget"]);
});
