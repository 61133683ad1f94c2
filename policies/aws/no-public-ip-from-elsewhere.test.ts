import { test } from "node:test";
import { type StackResource, unknown } from "../resource.fixture";
import { bastion, instance, later, nic, nodeGroup, type Props, saysOfStack, subnet, template } from "./aws.fixture";
import { noPublicIpFromElsewhere as rule } from "./no-public-ip-from-elsewhere";

const open: StackResource = { type: subnet, name: "open", props: { id: "subnet-1", mapPublicIpOnLaunch: true } };
const closed: StackResource = { type: subnet, name: "closed", props: { id: "subnet-2", mapPublicIpOnLaunch: false } };
const node = (props: Props, type = instance, name = "alpha"): StackResource => ({ type, name, props });

test("a private subnet passes, a public one with a word against it, and one that only others are in", () =>
  saysOfStack(rule, [
    [[open, closed, node({ subnetId: "subnet-2" })], null],
    [[open, node({ subnetId: "subnet-1", associatePublicIpAddress: false })], null],
    [[open, node({ subnetId: "subnet-1", tags: bastion })], null],
    [[later, closed, { ...node({ subnetId: "subnet-2", tags: unknown }), dependencies: { tags: ["later"] } }], null],
    [
      [open, node({ networkInterfaces: [{ subnetId: "subnet-1", associatePublicIpAddress: "false" }] }, template)],
      null,
    ],
    [[open, node({ networkInterfaces: [{ subnetId: "subnet-1", associatePublicIpAddress: "true" }] }, template)], null],
    [[open, node({ subnetId: "subnet-9" })], null],
    [[open], "n/a"],
  ]));

test("a machine in a subnet that gives public addresses is refused, by id and by dependency", () =>
  saysOfStack(rule, [
    [[open, node({ subnetId: "subnet-1" })], { violates: /alpha: subnet open has mapPublicIpOnLaunch/ }],
    [
      [
        open,
        { ...node({ subnetId: unknown, associatePublicIpAddress: unknown }), dependencies: { subnetId: ["open"] } },
      ],
      { violates: /subnet open/ },
    ],
    [[open, node({ networkInterfaces: [{ subnetId: "subnet-1" }] }, template)], { violates: /subnet open/ }],
    [[open, closed, node({ subnetIds: ["subnet-1", "subnet-2"] }, nodeGroup)], { violates: /subnet open/ }],
    [[open, node({ vpcZoneIdentifiers: ["subnet-1"] }, "aws:autoscaling/group:Group")], { violates: /subnet open/ }],
  ]));

test("an address that AWS gave where the program said nothing is refused", () =>
  saysOfStack(rule, [
    [
      [open, node({ subnetId: "subnet-1", associatePublicIpAddress: true, publicIp: "203.0.113.3" })],
      { violates: /subnet open/ },
    ],
    [
      [node({ subnetId: "subnet-9", associatePublicIpAddress: true, publicIp: "203.0.113.3" })],
      { violates: /it has the public address 203\.0\.113\.3/ },
    ],
    [
      [node({ subnetId: "subnet-9", associatePublicIpAddress: unknown, publicIp: "203.0.113.3" })],
      { violates: /it has the public address/ },
    ],
    [[node({ subnetId: "subnet-9", associatePublicIpAddress: true, publicIp: unknown })], null],
    [[node({ subnetId: "subnet-9", associatePublicIpAddress: true, publicIp: "" })], null],
    [[node({ subnetId: "subnet-9", associatePublicIpAddress: false, publicIp: "203.0.113.3" })], null],
    [[node({ associatePublicIpAddress: true, publicIp: "203.0.113.3", tags: bastion })], null],
  ]));

test("a group is what its template is: a bastion, or without addresses", () => {
  const group = (more: Props = {}) =>
    node({ vpcZoneIdentifiers: ["subnet-1"], launchTemplate: { id: "lt-1" }, ...more }, "aws:autoscaling/group:Group");
  const of = (props: Props) => node({ id: "lt-1", ...props }, template, "template");
  const listed = [{ key: "pantheonchain.org/dpdk-role", value: "bastion", propagateAtLaunch: true }];
  const mixed = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: "lt-1" } } };
  return saysOfStack(rule, [
    [[open, of({}), group()], { violates: /alpha: subnet open/ }],
    [[open, of({ networkInterfaces: [{ associatePublicIpAddress: "false" }] }), group()], null],
    [[open, of({ tags: bastion }), group()], null],
    [[open, of({ tags: bastion }), group({ launchTemplate: null, mixedInstancesPolicy: mixed })], null],
    [[open, of({}), group({ tags: listed })], null],
  ]);
});

const eip = (props: Props, dependencies: StackResource["dependencies"] = {}): StackResource => ({
  type: "aws:ec2/eip:Eip",
  name: "address",
  props,
  dependencies,
});

test("an Elastic IP of a NAT gateway or a bastion passes", async () => {
  const front = node({ id: "i-1", tags: bastion }, instance, "front");
  await saysOfStack(rule, [
    [[eip({ domain: "vpc" })], null],
    [[eip({ domain: "vpc", instance: "" })], null],
    [[eip({ domain: "vpc", instance: unknown, networkInterface: unknown })], null],
    [[eip({ instance: "i-1" }), front], null],
    [[eip({ instance: unknown }, { instance: ["front"] }), front], null],
    [[eip({ instance: "i-9", tags: bastion })], null],
    [[eip({ instance: "i-1", networkInterface: "eni-of-front" }), front], null],
    [
      [
        eip({ id: "eipalloc-1", networkInterface: "eni-of-nat" }),
        node({ allocationId: "eipalloc-1" }, "aws:ec2/natGateway:NatGateway", "nat"),
      ],
      null,
    ],
    [
      [
        eip({ id: "eipalloc-1", networkInterface: "eni-of-lb" }),
        node({ subnetMappings: [{ allocationId: "eipalloc-1" }] }, "aws:lb/loadBalancer:LoadBalancer", "lb"),
      ],
      null,
    ],
    [
      [
        eip({ id: "eipalloc-1", networkInterface: "eni-of-lb" }),
        node({ subnetMappings: [{ allocationId: "eipalloc-1" }] }, "aws:alb/loadBalancer:LoadBalancer", "lb"),
      ],
      null,
    ],
  ]);
  await saysOfStack(rule, [[[eip({ instance: "i-1" }), node({ id: "i-1" })], null]], {
    settings: { bastions: ["alpha"] },
  });
});

test("an Elastic IP of a node or of its interface is refused, by both of its resources", () =>
  saysOfStack(rule, [
    [[eip({ instance: "i-1" }), node({ id: "i-1" })], { violates: /address: instance is alpha.*Elastic IP/ }],
    [
      [
        eip({ instance: unknown }, { instance: ["front", "alpha"] }),
        node({ tags: bastion }, instance, "front"),
        node({ id: "i-1" }),
      ],
      { violates: /instance is alpha/ },
    ],
    [[eip({ instance: "i-9" })], { violates: /instance is i-9/ }],
    [
      [eip({ networkInterface: unknown }, { networkInterface: ["data"] }), node({}, nic, "data")],
      { violates: /is data/ },
    ],
    [
      [node({ instanceId: "i-1" }, "aws:ec2/eipAssociation:EipAssociation", "link"), node({ id: "i-1" })],
      { violates: /link: instanceId is alpha/ },
    ],
    [
      [node({ networkInterfaceId: "eni-1" }, "aws:ec2/eipAssociation:EipAssociation", "link")],
      { violates: /networkInterfaceId is eni-1/ },
    ],
    [
      [
        eip({ id: "eipalloc-1", networkInterface: "eni-9" }),
        node({ allocationId: "eipalloc-2" }, "aws:ec2/natGateway:NatGateway", "nat"),
        node({ allocationId: "eipalloc-1" }, "aws:ec2/eipAssociation:EipAssociation", "link"),
      ],
      { violates: /address: networkInterface is eni-9/ },
    ],
  ]));

test("what is not known yet is said", () =>
  saysOfStack(rule, [
    [[eip({ instance: unknown }, { instance: ["later"] }), later], { unjudged: true }],
    [
      [
        {
          ...open,
          props: { id: "subnet-1", mapPublicIpOnLaunch: unknown },
          dependencies: { mapPublicIpOnLaunch: ["later"] },
        },
        later,
        node({ subnetId: "subnet-1" }),
      ],
      { unjudged: true },
    ],
  ]));
