import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { dpdkPod, limited, pluginPod, podType, webPod } from "./dpdk-pod.fixture";
import { seccompProfile as rule } from "./seccomp-profile";

type Props = NonNullable<Parameters<typeof dpdkPod>[0]>;
const profile = (type: string): Props => ({ securityContext: { seccompProfile: { type } } });
const judged = (container: Props, spec: Props = {}) => judge(rule, podType, dpdkPod(container, spec));

test("the runtime's profile and one of the node pass, of the pod or of the container", async () => {
  assert.deepEqual(await judged({}), passes);
  assert.deepEqual(await judged({}, profile("Localhost")), passes);
  for (const type of ["RuntimeDefault", "Localhost"])
    assert.deepEqual(await judged(profile(type), profile("Unconfined")), passes, type);
});

test("no profile, and Unconfined, are advised against, and stop nothing", async () => {
  const none = await judged({}, { securityContext: {} });
  assert.match(none.advice.join(), /containers\[0\] \(node\) has no seccomp profile: the whole kernel is open to it/);
  for (const [container, spec] of [
    [profile("Unconfined"), {}],
    [{}, profile("Unconfined")],
  ] as const) {
    const { advice, violations } = await judged(container, spec);
    assert.match(advice.join(), /containers\[0\] \(node\) has the seccomp profile Unconfined/);
    assert.deepEqual(violations, []);
  }
});

test("a privileged container has none, whatever is written, and is told of by another rule", async () => {
  assert.deepEqual(await judged({ securityContext: { privileged: true } }, { securityContext: {} }), passes);
});

test("a profile that is not known yet does not hide the one beside it", async () => {
  const containers = [
    { name: "a", ...limited({}), ...profile(unknown) },
    { name: "b", ...profile("Unconfined") },
  ];
  const { advice, unjudged } = await judged({}, { containers });
  assert.match(advice.join(), /containers\[1\] \(b\)/);
  assert.match(unjudged.join(), /seccompProfile\.type can't be known during preview/);
});

test("pods of other roles, patches and what is no pod are left alone", async () => {
  const reasons: [type: string, props: Props, reason: string][] = [
    ["aws:s3/bucket:Bucket", {}, "the resource makes no pod"],
    [podType, webPod, "the pod's role is other"],
    [podType, pluginPod(limited({})), "the pod's role is infrastructure"],
    [`${podType}Patch`, dpdkPod({}, { securityContext: {} }), "a patch says only a part of a pod"],
  ];
  for (const [type, props, reason] of reasons)
    assert.deepEqual((await judge(rule, type, props)).notApplicable, [reason]);
});
