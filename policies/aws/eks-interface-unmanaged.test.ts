import { test } from "node:test";
import { type StackResource, unknown } from "../resource.fixture";
import { dpdk, instance, later, nic, nodeGroup, type Props, saysOfStack, template } from "./aws.fixture";
import { eksInterfaceUnmanaged as rule } from "./eks-interface-unmanaged";

const noManage = { "node.k8s.amazonaws.com/no_manage": "true" };
const cluster: StackResource = { type: "aws:eks/cluster:Cluster", name: "cluster", props: {} };
const made = (type: string, props: Props, dependencies = {}): StackResource => ({
  type,
  name: "data",
  props,
  dependencies,
});
const two = { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1, description: "dpdk" }] };
const bootstrap = (options = "") => Buffer.from(`#!/bin/sh\n/etc/eks/bootstrap.sh c ${options}`).toString("base64");
const maxPods = bootstrap("--use-max-pods false --kubelet-extra-args '--max-pods=29'");
const tagged = {
  tagSpecifications: [
    { resourceType: "instance", tags: {} },
    { resourceType: "network-interface", tags: noManage },
  ],
};
const nodes: StackResource = { type: nodeGroup, name: "nodes", props: { launchTemplate: { id: "lt-1" } } };

test("tagged interfaces with max-pods pass, and so does what is not DPDK's or not EKS's", () =>
  saysOfStack(rule, [
    [[cluster, made(nic, { tags: { ...dpdk, ...noManage } })], null],
    [[cluster, made(nic, { tags: { Name: "plain" } })], null],
    [[made(nic, { tags: dpdk })], null],
    [[made(template, { ...two, ...tagged, userData: maxPods })], null],
    [[made(template, { ...two })], null],
    [[nodes, made(template, { id: "lt-2", ...two })], null],
    [[made(instance, { launchTemplate: { id: "lt-1" } }), made(template, { id: "lt-1", ...two })], null],
    [[made(template, { networkInterfaces: [{ deviceIndex: 0, description: "dpdk" }], userData: bootstrap() })], null],
    [[made(template, { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1 }], userData: bootstrap() })], null],
  ]));

test("an interface of a stack with EKS, or with a cluster's tag, that is not tagged is refused", () =>
  saysOfStack(rule, [
    [[cluster, made(nic, { tags: dpdk })], { violates: /data: tags lack node\.k8s\.amazonaws\.com\/no_manage/ }],
    [[{ ...cluster, type: "eks:index:Cluster" }, made(nic, { tags: dpdk })], { violates: /tags lack/ }],
    [[made(nic, { tags: { ...dpdk, "kubernetes.io/cluster/c": "owned" } })], { violates: /tags lack/ }],
    [[nodes, made(nic, { tags: { ...dpdk, "node.k8s.amazonaws.com/no_manage": "false" } })], { violates: /tags lack/ }],
  ]));

test("a template without the tag, or without max-pods, is refused", () =>
  saysOfStack(rule, [
    [[made(template, { ...two, userData: maxPods })], { violates: /tagSpecifications give network-interface no tag/ }],
    [
      [
        made(template, {
          ...two,
          tagSpecifications: [{ resourceType: "instance", tags: noManage }],
          userData: maxPods,
        }),
      ],
      { violates: /tagSpecifications/ },
    ],
    [
      [
        made(template, {
          ...two,
          tagSpecifications: [{ resourceType: "network-interface", tags: {} }],
          userData: maxPods,
        }),
      ],
      { violates: /tagSpecifications/ },
    ],
    [[made(template, { ...two, ...tagged, userData: bootstrap("--use-max-pods false") })], { violates: /no max-pods/ }],
    [[made(template, { ...two, ...tagged, userData: bootstrap() })], { violates: /userData sets no max-pods/ }],
    [[nodes, made(template, { id: "lt-1", ...two, ...tagged })], { violates: /userData sets no max-pods/ }],
    [
      [
        {
          ...nodes,
          props: { launchTemplate: { id: unknown }, labels: dpdk },
          dependencies: { launchTemplate: ["data"] },
        },
        made(template, { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1 }], ...tagged }),
      ],
      { violates: /userData sets no max-pods/ },
    ],
  ]));

test("nodeadm's and Bottlerocket's settings are read as well", () =>
  saysOfStack(rule, [
    [
      [
        made(template, {
          ...two,
          ...tagged,
          userData: Buffer.from("apiVersion: node.eks.aws/v1alpha1\nmaxPods: 29\n").toString("base64"),
        }),
      ],
      null,
    ],
    [
      [
        made(template, {
          ...two,
          ...tagged,
          userData: Buffer.from("[settings.kubernetes]\nmax-pods = 29\n").toString("base64"),
        }),
      ],
      null,
    ],
    [
      [
        made(template, {
          ...two,
          ...tagged,
          userData: Buffer.from("apiVersion: node.eks.aws/v1alpha1\n").toString("base64"),
        }),
      ],
      { violates: /max-pods/ },
    ],
    [
      [
        made(template, {
          ...two,
          ...tagged,
          userData: Buffer.from("[settings.kubernetes]\ncluster-name = 'c'\n").toString("base64"),
        }),
      ],
      { violates: /max-pods/ },
    ],
  ]));

test("what is not known yet is said, and a stack without interfaces is left alone", () =>
  saysOfStack(rule, [
    [[later, cluster, made(nic, { tags: unknown }, { tags: ["later"] })], { unjudged: true }],
    [
      [later, nodes, made(template, { id: "lt-1", ...two, ...tagged, userData: unknown }, { userData: ["later"] })],
      { unjudged: true },
    ],
    [[cluster], "n/a"],
  ]));
