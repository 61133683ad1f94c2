import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, passes, unknown } from "../resource.fixture";
import { imageByDigest as rule } from "./image-by-digest";

const digest = `@sha256:${"0".repeat(64)}`;
const converge = (image: string) =>
  judge(rule, "command:local:Command", {
    create: `sudo -n /usr/local/sbin/dpdk-node-agent converge --image ${image} --plain-http # x`,
  });
const pod = (...images: string[]) => ({ containers: images.map((image) => ({ name: "c", image })) });

test("a digest passes, for a node and for a pod", async () => {
  assert.deepEqual(await converge(`127.0.0.1:5000/pantheon-node${digest}`), passes);
  assert.deepEqual(await judge(rule, "kubernetes:core/v1:Pod", { spec: pod(`a/b:1.0${digest}`) }), passes);
});

test("a longer digest passes, and a command of an update and one over SSH are judged too", async () => {
  assert.deepEqual(await converge(`node@sha512:${"0".repeat(128)}`), passes);
  for (const type of ["command:local:Command", "command:remote:Command"])
    for (const place of ["create", "update"]) {
      const { violations } = await judge(rule, type, { [place]: "dpdk-node-agent converge --image=node:latest" });
      assert.match(violations.join(), new RegExp(`${place}'s --image is node:latest`));
    }
});

test("commands without an image pass", async () => {
  for (const create of ["true", "dpdk-node-agent converge # agent", "convert --image photo.png"]) {
    assert.deepEqual(await judge(rule, "command:local:Command", { create }), passes);
  }
});

test("a tag is refused on a node", async () => {
  const { violations } = await converge("registry.example.com/pantheon-node:latest");
  assert.match(
    violations.join(),
    /create's --image is registry\.example\.com\/pantheon-node:latest, which has no digest/,
  );
});

test("a tag, a short digest and no image at all are refused in every kind of workload, init containers too", async () => {
  const spec = { ...pod(`a${digest}`), initContainers: [{ name: "i", image: "busybox" }] };
  const workloads: [string, object][] = [
    ["core/v1:Pod", { spec }],
    ["apps/v1:Deployment", { spec: { template: { spec } } }],
    ["apps/v1:DaemonSet", { spec: { template: { spec } } }],
    ["batch/v1:CronJob", { spec: { jobTemplate: { spec: { template: { spec } } } } }],
  ];
  for (const [type, props] of workloads) {
    const { violations } = await judge(rule, `kubernetes:${type}`, props as Parameters<typeof judge>[2]);
    assert.match(violations.join(), /image of initContainers\[0\] \(i\) is busybox, which has no digest/, type);
  }
  const short = await judge(rule, "kubernetes:core/v1:Pod", { spec: pod("a@sha256:0123") });
  assert.match(short.violations.join(), /image of containers\[0\] \(c\) is a@sha256:0123/);
  const none = await judge(rule, "kubernetes:core/v1:Pod", { spec: pod("") });
  assert.match(none.violations.join(), /image of containers\[0\].* is empty/);
});

test("an image that is not known yet is not judged, and does not hide the tag beside it", async () => {
  const spec = { initContainers: [{ image: unknown }], containers: [{ image: "busybox" }] };
  const { violations, unjudged } = await judge(rule, "kubernetes:core/v1:Pod", { spec });
  assert.match(violations.join(), /busybox/);
  assert.match(unjudged.join(), /dpdk-image-by-digest.*image can't be known during preview/);
});

test("a resource that names no image is left alone", async () => {
  assert.deepEqual((await judge(rule, "aws:s3/bucket:Bucket", {})).notApplicable, ["the resource names no image"]);
});

test("a reference is read out of quotes, options and longer commands", async () => {
  const good = `registry.example.com/node${digest}`;
  for (const create of [
    `dpdk-node-agent converge --image "${good}"`,
    `sh -c 'dpdk-node-agent converge --image ${good}'`,
    `dpdk-node-agent converge --image ${good}; true`,
    `convert --image photo.png && dpdk-node-agent converge --image ${good}`,
  ]) {
    assert.deepEqual(await judge(rule, "command:local:Command", { create }), passes, create);
  }
  for (const create of [
    "dpdk-node-agent converge --image  node:latest",
    "dpdk-node-agent --root / converge --image node:latest",
    "python3 ./.dpdk-node-agent-0123.pyz converge --im node:latest",
  ]) {
    const { violations } = await judge(rule, "command:local:Command", { create });
    assert.match(violations.join(), /--image is node:latest, which has no digest/, create);
  }
});

test("a container whose image is not known yet does not hide the one beside it, and a hole is no crash", async () => {
  const spec = { containers: [{ image: unknown }, { image: "busybox" }] };
  const { violations } = await judge(rule, "kubernetes:core/v1:Pod", { spec });
  assert.match(violations.join(), /busybox/);
  const hole = await judge(rule, "kubernetes:core/v1:Pod", { spec: { containers: [null] } });
  assert.match(hole.violations.join(), /image of containers\[0\].* is empty/);
});
