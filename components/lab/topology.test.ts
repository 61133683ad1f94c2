import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_INDEX } from "./ports";
import { dataLink, lanLinks } from "./topology";

const labs = fc.uniqueArray(fc.integer({ min: 1, max: MAX_INDEX }), { minLength: 1, maxLength: 12 });
const others = (all: readonly number[], one: number): number[] => all.filter((index) => index !== one);

test("every end of a lan link has its other end at exactly one other guest", () => {
  fc.assert(
    fc.property(labs, (all) => {
      const ends = all.flatMap((index) => lanLinks(22000, index, others(all, index)));
      const turned = ends.map((end) => `${end.remotePort}>${end.localPort}`).sort();
      assert.deepEqual(ends.map((end) => `${end.localPort}>${end.remotePort}`).sort(), turned);
      assert.equal(new Set(ends.map((end) => end.localPort)).size, ends.length, "a port is used once");
      assert.equal(ends.length, 2 * (all.length - 1), "a star has one link fewer than guests");
    }),
  );
});

test("data links join guests in pairs; the last of an odd number has none", () => {
  fc.assert(
    fc.property(labs, (all) => {
      const links = all.map((index) => dataLink(22000, index, others(all, index)));
      const ends = links.filter((link) => link !== null);
      assert.equal(ends.length, all.length - (all.length % 2));
      const turned = ends.map((end) => `${end.remotePort}>${end.localPort}`).sort();
      assert.deepEqual(ends.map((end) => `${end.localPort}>${end.remotePort}`).sort(), turned);
    }),
  );
});

test("two guests have one link of each kind", () => {
  assert.deepEqual(lanLinks(22000, 1, [2]), [{ localPort: 22202, remotePort: 22102 }]);
  assert.deepEqual(lanLinks(22000, 2, [1]), [{ localPort: 22102, remotePort: 22202 }]);
  assert.deepEqual(dataLink(22000, 1, [2]), { localPort: 22301, remotePort: 22302 });
  assert.deepEqual(dataLink(22000, 2, [1]), { localPort: 22302, remotePort: 22301 });
});
