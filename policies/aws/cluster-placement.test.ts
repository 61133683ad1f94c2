import { test } from "node:test";
import { type StackResource, unknown } from "../resource.fixture";
import { dpdk, instance, later, nic, nodeGroup, type Props, saysOfStack, subnet, template } from "./aws.fixture";
import { clusterPlacement as rule } from "./cluster-placement";

const made = (
  type: string,
  name: string,
  props: Props,
  dependencies: StackResource["dependencies"] = {},
): StackResource => ({
  type,
  name,
  props,
  dependencies,
});
const together = made("aws:ec2/placementGroup:PlacementGroup", "together", { id: "together", strategy: "cluster" });
const apart = made("aws:ec2/placementGroup:PlacementGroup", "apart", { id: "apart", strategy: "spread" });
const node = (name: string, props: Props, dependencies = {}) =>
  made(instance, name, { tags: dpdk, ...props }, dependencies);
const good = node("beta", { placementGroup: "together" });
const spot = "aws:ec2/spotInstanceRequest:SpotInstanceRequest";
const zone = (name: string, availabilityZone: string) => made(subnet, name, { id: name, availabilityZone });

test("nodes in a cluster group of one zone pass, and so does what is alone or not DPDK's", () =>
  saysOfStack(rule, [
    [[together, good, node("alpha", { placementGroup: "together", availabilityZone: "a" })], null],
    [[good, node("alpha", { placementGroup: "elsewhere" })], null],
    [[good, made(template, "t", { tags: dpdk, placement: { groupName: "together" } })], null],
    [[together, good, node("alpha", { placementGroup: unknown }, { placementGroup: ["together"] })], null],
    [[good, made(template, "t", { tags: dpdk, placement: { groupId: "pg-elsewhere" } })], null],
    [[good, node("alpha", { placementGroupId: "pg-elsewhere" })], null],
    [[good, made(instance, "web", {})], null],
    [[good, made(instance, "web", {}), made(nic, "data", { tags: dpdk })], null],
    [[good, node("alpha", { launchTemplate: { id: "lt-1" } })], null],
    [[node("alpha", {})], "n/a"],
    [[made(template, "t", { id: "lt-1", tags: dpdk }), node("alpha", { launchTemplate: { id: "lt-1" } })], "n/a"],
    [[made(template, "t", { id: "lt-1", tags: dpdk }), made(spot, "alpha", { launchTemplate: { id: "lt-1" } })], "n/a"],
    [[together], "n/a"],
  ]));

test("what starts a template's machines may name the group", () => {
  const started = made(template, "t", { id: "lt-1", tags: dpdk });
  const group = (props: Props) => made("aws:autoscaling/group:Group", "nodes", props);
  const mixed = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: "lt-1" } } };
  return saysOfStack(rule, [
    [[together, started, group({ launchTemplate: { id: "lt-1" }, placementGroup: "together" })], null],
    [[together, started, group({ mixedInstancesPolicy: mixed, placementGroup: "together" })], null],
    [
      [apart, started, group({ launchTemplate: { id: "lt-1" }, placementGroup: "apart" })],
      { advises: /strategy spread/ },
    ],
    [[started, group({ launchTemplate: { id: "lt-1" } })], { advises: /t: no placement group/ }],
    [
      [
        together,
        started,
        made(template, "other", { id: "lt-2" }),
        group({ launchTemplate: { id: "lt-2" }, placementGroup: "together" }),
      ],
      { advises: /t: no placement group/ },
    ],
    [
      [started, good, made("eks:index:ManagedNodeGroup", "nodes", { launchTemplate: { id: "lt-1" } })],
      { advises: /t: no placement group/ },
    ],
    [
      [started, group({ launchTemplate: { id: "lt-1" } }), node("alpha", { launchTemplate: { id: "lt-1" } })],
      { advises: /t: no placement group/ },
    ],
  ]);
});

test("a node without a group, or in one of another strategy, is a warning", () =>
  saysOfStack(rule, [
    [[good, node("alpha", {})], { advises: /alpha: no placement group is named/ }],
    [[good, node("alpha", { placementGroup: "" })], { advises: /alpha: no placement group is named/ }],
    [[made(template, "t", { tags: dpdk })], { advises: /t: no placement group/ }],
    [[made(template, "t", { tags: dpdk, placement: { groupId: "" } })], { advises: /t: no placement group/ }],
    [[apart, good, node("alpha", { placementGroupId: "apart" })], { advises: /strategy spread/ }],
    [
      [apart, good, node("alpha", { placementGroup: "apart" })],
      { advises: /placement group apart has strategy spread/ },
    ],
    [
      [apart, good, node("alpha", { placementGroup: unknown }, { placementGroup: ["apart"] })],
      { advises: /strategy spread/ },
    ],
    [
      [apart, good, made(template, "t", { tags: dpdk, placement: { groupId: "apart" } })],
      { advises: /strategy spread/ },
    ],
  ]));

test("two zones of one group are a warning, by the machines' own word or by their subnets", async () => {
  const both = (props: Props, others: Props, ...more: StackResource[]) => [
    ...more,
    node("alpha", { placementGroup: "g", ...props }),
    made(instance, "beta", { placementGroup: "g", ...others }),
  ];
  await saysOfStack(rule, [
    [both({ availabilityZone: "a" }, { availabilityZone: "b" }), { advises: /it is in zone a and beta .* in b/ }],
    [both({ subnetId: "s1" }, { subnetId: "s2" }, zone("s1", "a"), zone("s2", "b")), { advises: /zone a and beta/ }],
    [both({ availabilityZone: "a" }, { availabilityZone: "a" }), null],
    [both({ availabilityZone: "a" }, { availabilityZone: "b", placementGroup: "h" }), null],
  ]);
});

test("a node group of several zones is a warning", () => {
  const started = made(template, "t", { id: "lt-1", tags: dpdk, placement: { groupName: "g" } });
  const zones = [zone("s1", "a"), zone("s2", "b")];
  const nodes = (subnets: string[]) => made(nodeGroup, "nodes", { launchTemplate: { id: "lt-1" }, subnetIds: subnets });
  return saysOfStack(rule, [
    [[started, good, ...zones, nodes(["s1", "s2"])], { advises: /nodes: subnetIds are in zones a and b/ }],
    [[started, ...zones, nodes(["s1"])], null],
    [[started, zone("s1", "a"), made(subnet, "s3", { id: "s3" }), nodes(["s1", "s3"])], null],
    [
      [
        started,
        ...zones,
        made("aws:autoscaling/group:Group", "nodes", {
          launchTemplate: { id: "lt-1" },
          vpcZoneIdentifiers: ["s1", "s2"],
        }),
      ],
      { advises: /vpcZoneIdentifiers are in zones a and b/ },
    ],
    [[made(template, "t", { id: "lt-1" }), ...zones, nodes(["s1", "s2"])], null],
    [[good, made(template, "t", { id: "lt-1" }), ...zones, nodes(["s1", "s2"])], null],
    [
      [made(template, "t", {}), ...zones, made(nodeGroup, "nodes", { labels: dpdk, subnetIds: ["s1", "s2"] })],
      { advises: /nodes: subnetIds are in zones/ },
    ],
  ]);
});

test("what is not known yet is said", () =>
  saysOfStack(rule, [
    [[later, good, node("alpha", { placementGroup: unknown }, { placementGroup: ["later"] })], { unjudged: true }],
    [[later, good, made(instance, "alpha", { tags: unknown }, { tags: ["later"] })], { unjudged: true }],
  ]));
