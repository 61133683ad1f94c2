import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressIn, type Cidr, cidrText, contains, overlaps, parseCidr, partOf, sizeOf, upperHalf } from "./cidr";

const range = fc
  .record({ address: fc.nat({ max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 0, max: 32 }) })
  .map(({ address, prefix }): Cidr => {
    const size = 2 ** (32 - prefix);
    return { first: Math.floor(address / size) * size, prefix };
  });
const parsed = (text: string) => parseCidr(text) ?? assert.fail(text);

test("what is written is read as the same range", () => {
  fc.assert(fc.property(range, (one) => assert.deepEqual(parseCidr(cidrText(one)), one)));
});

test("texts that are no range, or one in another spelling, are null", () => {
  const wrong = [
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.1/16",
    "256.0.0.0/8",
    "010.0.0.0/8",
    "10.0.0.0/08",
    "::/0",
    " 10.0.0.0/8",
  ];
  for (const text of wrong) assert.equal(parseCidr(text), null, text);
});

test("ranges overlap where one contains the other, and in no other case", () => {
  fc.assert(
    fc.property(range, range, (one, other) => {
      assert.equal(overlaps(one, other), contains(one, other) || contains(other, one));
      assert.equal(overlaps(one, other), overlaps(other, one));
    }),
  );
  assert.ok(overlaps(parsed("10.0.0.0/8"), parsed("10.255.255.255/32")));
  assert.ok(!overlaps(parsed("10.0.0.0/16"), parsed("10.1.0.0/16")));
});

test("parts fill the whole one after the other, and the upper half is the second of two", () => {
  const whole = parsed("10.80.0.0/16");
  const parts = [0, 1, 15].map((index) => cidrText(partOf(whole, 20, index)));
  assert.deepEqual(parts, ["10.80.0.0/20", "10.80.16.0/20", "10.80.240.0/20"]);
  assert.equal(cidrText(upperHalf(parsed("10.80.0.0/23"))), "10.80.1.0/24");
  assert.equal(sizeOf(whole), 65536);
});

test("addresses are counted from the first one, across bytes", () => {
  assert.equal(addressIn(parsed("10.80.0.0/16"), 258), "10.80.1.2");
  assert.equal(addressIn(parsed("223.255.255.0/24"), 255), "223.255.255.255");
});
