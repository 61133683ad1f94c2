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

test("each word of DPDK's is seen, in each place that names a resource", () => {
  const words = [
    "vfio-pci",
    "igb_uio",
    "uio_pci_generic",
    "enable_unsafe_noiommu_mode",
    "testpmd",
    "pktgen",
    "data-plane",
  ];
  for (const word of [...words, "fast-path", "SR-IOV", "isolcpus=2-3"]) assert.equal(role({}, word), "dpdk", word);
  for (const place of ["name", "namePrefix", "nodeGroupName", "nodeGroupNamePrefix", "description"])
    assert.equal(role({ [place]: "dpdk" }), "dpdk", place);
});

test("what stands beside DPDK nodes is told by its name, and what is true of a whole project tells nothing", () => {
  for (const name of ["bastion", "jump-host", "jumpbox", "monitoring", "builder", "nat"])
    assert.equal(role({}, `dpdk-${name}`), "other", name);
  const ofAll = [
    "Project",
    "stack",
    "fleet",
    "environment",
    "owner",
    "team",
    "repo",
    "cost-center",
    "cluster",
    "pulumi",
  ];
  for (const tag of [...ofAll, "aws:cloudformation", "pantheonchain.org/fleet", "kubernetes.io/cluster/c"])
    assert.equal(role({ tags: { [tag]: "dpdk" } }), "other", tag);
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
