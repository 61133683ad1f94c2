import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { dpdk, instance, nodeGroup, type Props, says, template } from "./aws.fixture";
import { instanceTypeAllowed as rule } from "./instance-type";

const node = (instanceType: string, rest: Props = {}): Props => ({ instanceType, tags: dpdk, ...rest });
const interfaces = (count: number, rest: object = {}) =>
  Array.from({ length: count }, (_, deviceIndex) => ({ deviceIndex, ...rest }));

test("known families with as many interfaces as they take pass, and so does what is not DPDK's", async () => {
  await says(rule, [
    [instance, node("c6in.large", { networkInterfaces: interfaces(3) }), null],
    [
      template,
      node("c6in.32xlarge", { networkInterfaces: [...interfaces(8), ...interfaces(8, { networkCardIndex: 1 })] }),
      null,
    ],
    [instance, { instanceType: "t3.micro" }, null],
    [instance, node(""), null],
    [instance, { instanceType: "c6in.large", tags: unknown }, null],
    [nodeGroup, { instanceTypes: ["c6in.large"], labels: dpdk }, null],
    [nodeGroup, { instanceTypes: ["t3.large"] }, null],
    [template, { tags: dpdk }, null],
    [template, { tags: dpdk, instanceRequirements: { allowedInstanceTypes: ["c6in.*"] } }, null],
    [instance, node("i7i.large", { networkInterfaces: interfaces(40) }), null],
  ]);
  await says(rule, [[instance, node("t3.large"), null]], { settings: { families: ["t3"] } });
});

test("another family is refused, in node groups too", async () => {
  await says(rule, [
    [instance, node("t3.large"), { violates: /instanceType is t3\.large, and family t3/ }],
    [template, node("c4.8xlarge"), { violates: /family c4/ }],
    [template, node("c7i-flex.large"), { violates: /family c7i-flex/ }],
    [
      nodeGroup,
      { instanceTypes: ["c6in.large", "m4.large"], labels: dpdk },
      { violates: /instanceTypes\[1\] is m4\.large/ },
    ],
    [template, { tags: dpdk, instanceRequirements: { vcpuCount: { min: 4 } } }, { violates: /lets AWS pick any type/ }],
  ]);
  await says(rule, [[instance, node("c6in.large"), { violates: /family c6in/ }]], { settings: { families: ["c7gn"] } });
});

test("a group of mixed instances is judged by its overrides", () => {
  const mixed = (...types: string[]) => ({
    tags: [{ key: "pantheonchain.org/dpdk-role", value: "dpdk", propagateAtLaunch: true }],
    mixedInstancesPolicy: { launchTemplate: { overrides: types.map((instanceType) => ({ instanceType })) } },
  });
  const group = "aws:autoscaling/group:Group";
  return says(rule, [
    [group, mixed("c6in.large"), null],
    [group, mixed("c6in.large", "t3.large"), { violates: /overrides\[1\]\.instanceType is t3\.large/ }],
    [group, { mixedInstancesPolicy: unknown, tags: mixed().tags }, { unjudged: true }],
    [group, {}, null],
  ]);
});

test("more interfaces than the type or a card takes, and a card that is not there, are refused", () =>
  says(rule, [
    [
      instance,
      node("c6in.large", { networkInterfaces: interfaces(4) }),
      { violates: /4 interfaces on network card 0 of c6in\.large, which takes 3/ },
    ],
    [
      template,
      node("c6in.32xlarge", { networkInterfaces: interfaces(9) }),
      { violates: /card 0 of c6in\.32xlarge, which takes 8/ },
    ],
    [
      template,
      node("c6in.32xlarge", { networkInterfaces: interfaces(9, { networkCardIndex: 1 }) }),
      { violates: /9 interfaces on network card 1/ },
    ],
    [
      template,
      node("c7gn.16xlarge", { networkInterfaces: [{ networkCardIndex: 1 }] }),
      { violates: /networkInterfaces\[0\]\.networkCardIndex is 1.*has 1 network card/ },
    ],
    [
      instance,
      node("c6in.large", { networkInterfaces: interfaces(2), secondaryNetworkInterfaces: interfaces(2) }),
      { violates: /4 interfaces/ },
    ],
    [
      instance,
      node("c6in.large", { networkInterfaces: interfaces(2), secondaryInterfaces: interfaces(2) }),
      { violates: /4 interfaces/ },
    ],
  ]));

test("two interfaces at one index of a card are refused, and at one index of two cards are not", () =>
  says(rule, [
    [
      template,
      node("c6in.large", { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1 }, { deviceIndex: 1 }] }),
      {
        violates:
          /networkInterfaces\[2\]\.deviceIndex is 1, and networkInterfaces\[1\] has that index of network card 0/,
      },
    ],
    [
      instance,
      node("i7i.large", { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 0 }] }),
      { violates: /\[1\]\.deviceIndex is 0/ },
    ],
    [
      template,
      node("c6in.32xlarge", { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 0, networkCardIndex: 1 }] }),
      null,
    ],
    [template, node("c6in.large", { networkInterfaces: [{}, {}] }), null],
    [
      instance,
      node("c6in.large", { networkInterfaces: interfaces(1), secondaryNetworkInterfaces: interfaces(1) }),
      null,
    ],
  ]));

test("what is not known yet is said and hides nothing, and other resources are left alone", () =>
  says(rule, [
    [instance, node(unknown), { unjudged: true }],
    [instance, { instanceType: "t3.large", tags: unknown }, { unjudged: true }],
    [instance, node("t3.large", { networkInterfaces: unknown }), { violates: /family t3/ }],
    [
      instance,
      node("c6in.large", { networkInterfaces: [...interfaces(4), { deviceIndex: 4, networkCardIndex: unknown }] }),
      { violates: /4 interfaces on network card 0/ },
    ],
    [nodeGroup, { instanceTypes: [unknown, "m4.large"], labels: dpdk }, { violates: /m4\.large/ }],
    ["aws:s3/bucket:Bucket", {}, "n/a"],
  ]));
