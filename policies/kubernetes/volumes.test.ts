import assert from "node:assert/strict";
import { test } from "node:test";
import { podOf } from "./pod";
import { hostPathOf, hugepagesMediumOf, isWithin, volumesOf } from "./volumes";

const volumes = (...each: object[]) => {
  const pod = podOf({ type: "kubernetes:core/v1:Pod", props: { spec: { volumes: each } } });
  return pod === null ? [] : volumesOf(pod).map((read) => read());
};

test("volumes are told by their place and name", () => {
  assert.deepEqual(
    volumes({ name: "a" }, {}).map(({ where }) => where),
    ["volumes[0] (a)", "volumes[1]"],
  );
});

test("a path of the node is read without doubled and trailing slashes", () => {
  const paths = ["/sys/", "//dev//vfio", "/", "/dev/./vfio"].map((path) => ({ hostPath: { path } }));
  assert.deepEqual(volumes(...paths).map(hostPathOf), ["/sys", "/dev/vfio", "/", "/dev/vfio"]);
  assert.deepEqual(volumes({ emptyDir: {} }, { hostPath: {} }).map(hostPathOf), [null, null]);
});

test("a path is within itself and what is above it, by whole names", () => {
  assert.ok(isWithin("/sys", "/sys"));
  assert.ok(isWithin("/sys/bus", "/sys"));
  assert.ok(isWithin("/sys", "/"));
  assert.ok(!isWithin("/system", "/sys"));
  assert.ok(!isWithin("/", "/sys"));
});

test("a medium is a text", () => {
  assert.deepEqual(volumes({ emptyDir: { medium: ["HugePages"] } }).map(hugepagesMediumOf), [null]);
});

test("only media of hugepages are", () => {
  const media = ["HugePages", "HugePages-2Mi", "Memory", "", "HugePagesX"].map((medium) => ({ emptyDir: { medium } }));
  assert.deepEqual(volumes(...media, {}).map(hugepagesMediumOf), [
    "HugePages",
    "HugePages-2Mi",
    null,
    null,
    null,
    null,
  ]);
});
