import assert from "node:assert/strict";
import { test } from "node:test";
import { dpdk, other } from "./aws.fixture";
import { roleOf } from "./role";

const role = (props: object, name = "node") => roleOf({ name, props });

test("a tag, a label or a template's tag declares the role, and wins over what is seen", () => {
  const key = "pantheonchain.org/dpdk-role";
  assert.equal(role({ tags: dpdk }), "dpdk");
  assert.equal(role({ labels: dpdk }), "dpdk");
  assert.equal(role({ tags: [{ key, value: "bastion" }] }), "bastion");
  assert.equal(role({ tagSpecifications: [{ resourceType: "volume" }, { tags: { [key]: "bastion" } }] }), "bastion");
  assert.equal(role({ tags: { [key]: "other" }, userData: "modprobe vfio-pci" }, "dpdk-node"), "other");
  assert.equal(role({ tags: { [key]: "what" } }), "other");
});

test("DPDK is seen in names, tags, descriptions, interfaces and user data, also in base64", () => {
  assert.equal(role({}, "dpdk-node"), "dpdk");
  assert.equal(role({ tags: { Name: "alpha data-plane" } }), "dpdk");
  assert.equal(role({ description: "DPDK" }), "dpdk");
  assert.equal(role({ networkInterfaces: [{ description: "dpdk port 0" }] }), "dpdk");
  assert.equal(role({ userData: Buffer.from("#!/bin/sh\nmodprobe vfio-pci").toString("base64") }), "dpdk");
  assert.equal(role({ userDataBase64: Buffer.from("#!/bin/sh\nmodprobe igb_uio").toString("base64") }), "dpdk");
});

test("what stands beside DPDK nodes, and everything else, is other", () => {
  assert.equal(role({}), "other");
  assert.equal(role({}, "dpdk-bastion"), "other");
  assert.equal(role({ tags: { Project: "dpdk-fleet", "kubernetes.io/cluster/dpdk": "owned" } }), "other");
  assert.equal(role({ tags: { Name: "database" }, userData: "sysctl vm.nr_hugepages=512" }), "other");
});

test("an unknown value hides no role that is seen, and is said where none is", () => {
  const later = () => {
    throw new Error("unknown");
  };
  const props = (seen: object) => Object.defineProperty(seen, "userData", { get: later });
  assert.equal(role(props({ tags: { Name: "dpdk" } })), "dpdk");
  assert.equal(role(props({ tags: other })), "other");
  assert.throws(() => role(props({})), /unknown/);
});
