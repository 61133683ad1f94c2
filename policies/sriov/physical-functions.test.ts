import assert from "node:assert/strict";
import { test } from "node:test";
import { physicalFunctionVendor } from "./physical-functions";

test("the ids of physical functions tell their vendor, and those of virtual functions none", () => {
  const vendors: [vendor: string, ids: string][] = [
    ["8086", "158a 158b 1572 1563 10c9 1589 1581 15ff 0d58 1583 10fb 1528 1521"],
    ["8086", "1592 1593 159b 1599 1591 188a 124d 124c 579c 579d 579e 12d2 12d3"],
    ["15b3", "1013 1015 1017 1019 101b 101d 101f 1021 1023 a2d6 A2DC"],
    ["14e4", "16d7 1750"],
    ["1077", "1654"],
    ["177d", "b200 b100 b600 b900 ba00"],
  ];
  for (const [vendor, ids] of vendors)
    for (const id of ids.split(" ")) assert.equal(physicalFunctionVendor(id), vendor, id);
  for (const id of ["154c", "1889", "1018", "ec20", ""]) assert.equal(physicalFunctionVendor(id), null, id);
});
