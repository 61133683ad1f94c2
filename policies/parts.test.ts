import assert from "node:assert/strict";
import { test } from "node:test";
import { anyOf, judgeParts, once, partsOf, settle, textsOf, thoseThat } from "./parts";

const unknownValue = (): never => {
  throw new Error("not known");
};

test("any of them is so where a known one is; else an unknown one is thrown", () => {
  const isTwo = (value: number) => value === 2;
  assert.equal(anyOf([unknownValue, () => 2, () => 1], isTwo), true);
  assert.throws(() => anyOf([() => 1, unknownValue], isTwo), /not known/);
  assert.equal(anyOf([() => 1], isTwo), false);
  assert.equal(anyOf([], isTwo), false);
});

test("those that are known and fit are given; an unknown one is thrown where there are none", () => {
  const isOdd = (value: number) => value % 2 === 1;
  assert.deepEqual(thoseThat([() => 1, unknownValue, () => 2, () => 3], isOdd), [1, 3]);
  assert.throws(() => thoseThat([() => 2, unknownValue], isOdd), /not known/);
});

test("known values and unknown ones are told apart", () => {
  const { known, unknown } = settle([() => 1, unknownValue, () => 2]);
  assert.deepEqual(known, [1, 2]);
  assert.equal(unknown.length, 1);
  assert.throws(() => unknown[0]?.(), /not known/);
});

test("each part is judged, and the first error is thrown at the end", () => {
  const judged: number[] = [];
  const judge = (part: number) => {
    judged.push(part);
    if (part > 1) throw new Error(`not known: ${part}`);
  };
  assert.throws(() => judgeParts([1, 2, 3], judge), /not known: 2/);
  assert.deepEqual(judged, [1, 2, 3]);
  judgeParts([0, 1], judge);
});

test("what is unknown as a whole is one part that throws, and texts are read one by one", () => {
  assert.throws(() => partsOf<() => string>(unknownValue)[0]?.(), /not known/);
  assert.deepEqual(
    textsOf(() => ["a", 1, undefined]).map((read) => read()),
    ["a", "1", ""],
  );
  assert.deepEqual(
    textsOf(() => ({ a: 1 })).map((read) => read()),
    ['{"a":1}'],
  );
});

test("what is read once is read once, and an error is thrown again", () => {
  let reads = 0;
  const counted = once(() => {
    reads++;
    return reads;
  });
  assert.deepEqual([counted(), counted(), reads], [1, 1, 1]);
  const failing = once(() => {
    reads++;
    return unknownValue();
  });
  for (const _ of [1, 2]) assert.throws(failing, /not known/);
  assert.equal(reads, 2);
});
