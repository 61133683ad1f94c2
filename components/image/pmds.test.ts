import assert from "node:assert/strict";
import { test } from "node:test";
import { pmdsFor } from "./pmds";

test("an image has the drivers of its fleet's cards, each once, and no others", () => {
  assert.deepEqual(pmdsFor(["igb", "igb"]), ["net_e1000"]);
  assert.deepEqual(pmdsFor(["ice", "i40e"]), ["net_i40e", "net_iavf", "net_ice"].sort());
  assert.deepEqual(pmdsFor([]), []);
});

test("a card for which no driver is known is said so before anything is built", () => {
  assert.throws(() => pmdsFor(["bnx2x"]), /kernel driver bnx2x: no DPDK driver is known for it; known are igb/);
});
