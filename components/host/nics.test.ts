import assert from "node:assert/strict";
import { test } from "node:test";
import { PCI_ADDRESS, virtualFunctionAddress, virtualMacMistake } from "./nics";

test("virtual functions appear where offset and stride say", () => {
  const igb = { offset: 128, stride: 2 };
  assert.equal(virtualFunctionAddress("0000:01:00.0", igb, 0), "0000:01:10.0");
  assert.equal(virtualFunctionAddress("0000:01:00.0", igb, 1), "0000:01:10.2");
  // An X710 with both ports in use; function 0 of its second port; and a count that runs into the next bus.
  assert.equal(virtualFunctionAddress("0000:3b:00.0", { offset: 16, stride: 1 }, 0), "0000:3b:02.0");
  assert.equal(virtualFunctionAddress("0000:3b:00.1", { offset: 79, stride: 1 }, 0), "0000:3b:0a.0");
  assert.equal(virtualFunctionAddress("0000:3b:00.0", { offset: 128, stride: 1 }, 130), "0000:3c:00.2");
});

test("a group address or one of a manufacturer is not given to a virtual function", () => {
  assert.equal(virtualMacMistake("52:54:00:d1:00:01"), null);
  assert.match(virtualMacMistake("01:00:5e:00:00:01") ?? "", /group/);
  assert.match(virtualMacMistake("3c:fd:fe:00:00:01") ?? "", /manufacturer/);
});

test("a PCI address has a domain and lowercase digits", () => {
  assert.match("0000:01:00.0", PCI_ADDRESS);
  for (const text of ["01:00.0", "0000:01:20.0", "0000:01:00.8", "0000:0A:00.0"])
    assert.doesNotMatch(text, PCI_ADDRESS);
});
