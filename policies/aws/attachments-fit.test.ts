import { test } from "node:test";
import { type StackResource, unknown } from "../resource.fixture";
import { attachmentsFit as rule } from "./attachments-fit";
import { attachment, dpdk, instance, later, nic, other, type Props, saysOfStack, template } from "./aws.fixture";

const made = (
  type: string,
  name: string,
  props: Props,
  dependencies: StackResource["dependencies"] = {},
): StackResource => ({ type, name, props, dependencies });
const node = (instanceType: unknown, props: Props = {}, dependencies = {}) =>
  made(instance, "alpha", { id: "i-1", tags: dpdk, instanceType: instanceType as string, ...props }, dependencies);
const port = (at: number, props: Props = {}, dependencies = {}) =>
  made(nic, `port${at}`, { id: `eni-${at}`, ...props }, dependencies);
const link = (at: number, props: Props = {}, dependencies = {}) =>
  made(
    attachment,
    `link${at}`,
    { instanceId: "i-1", networkInterfaceId: `eni-${at}`, deviceIndex: at, ...props },
    dependencies,
  );
/** Interfaces 1 to `last`, each attached by a resource of its own. */
const attached = (last: number, props: Props = {}) =>
  Array.from({ length: last }, (_, at) => [port(at + 1), link(at + 1, props)]).flat();

test("as many as the type takes pass, on each of its cards, and so does what is not DPDK's or of a type that nobody knows", () =>
  saysOfStack(rule, [
    [[node("c6in.large"), ...attached(2)], null],
    [[node("c6in.32xlarge"), ...attached(7)], null],
    [[node("c6in.32xlarge"), port(1), link(1), port(2), link(2, { deviceIndex: 1, networkCardIndex: 1 })], null],
    [[node("c6in.large", { tags: other }), ...attached(3)], null],
    [[later, node("c6in.large", { tags: unknown }, { tags: ["later"] }), ...attached(2)], null],
    [[node("c6in.large"), port(1), link(1, { deviceIndex: null })], null],
    [
      [node("c6in.large"), port(1), made("other", "gateway", { attachments: [{ instance: "i-1", deviceIndex: 0 }] })],
      null,
    ],
    [[node("p9.large"), ...attached(40)], null],
    [[node(""), ...attached(3)], null],
    [[node("c6in.large"), port(1, { attachments: [{ instance: "i-1", deviceIndex: 1 }] })], null],
    [[node("c6in.large")], "n/a"],
  ]));

test("one more than the type takes is refused: the first interface counts, listed or not", () =>
  saysOfStack(rule, [
    [[node("c6in.large"), ...attached(3)], { violates: /alpha: 4 interfaces on network card 0 of c6in\.large, which/ }],
    [
      [node("c6in.large"), ...[1, 2, 3].map((at) => port(at, { attachments: [{ instance: "i-1", deviceIndex: at }] }))],
      { violates: /alpha: 4 interfaces/ },
    ],
    [
      [node("c6in.large", { networkInterfaces: [0, 3].map((deviceIndex) => ({ deviceIndex })) }), ...attached(2)],
      { violates: /alpha: 4 interfaces/ },
    ],
    [[node("c6in.large", { networkInterfaces: [{ deviceIndex: 3 }] }), ...attached(2)], { violates: /4 interfaces/ }],
    [
      [node("c6in.32xlarge", { networkInterfaces: [{ deviceIndex: 0, networkCardIndex: 1 }] }), ...attached(8)],
      { violates: /alpha: 9 interfaces on network card 0 of c6in\.32xlarge, which takes 8/ },
    ],
    [
      [node("c6in.large", { tags: other }), ...attached(2), port(3, { tags: dpdk }), link(3)],
      { violates: /alpha: 4 interfaces/ },
    ],
    [
      [
        made("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "alpha", {
          id: "sir-1",
          spotInstanceId: "i-1",
          tags: dpdk,
          instanceType: "c6in.large",
        }),
        ...attached(3),
      ],
      { violates: /alpha: 4 interfaces/ },
    ],
    [[node("c6in.large"), link(1), link(2), link(3)], { violates: /alpha: 4 interfaces/ }],
  ]));

test("a card that the type has not is refused, and so is a card with more than it takes", () =>
  saysOfStack(rule, [
    [
      [node("c7gn.16xlarge"), port(1), link(1, { networkCardIndex: 1 })],
      { violates: /link1: networkCardIndex is 1, and c7gn\.16xlarge has 1 network card/ },
    ],
    [
      [node("c7gn.16xlarge"), port(1, { attachments: [{ instance: "i-1", deviceIndex: 1, networkCardIndex: 1 }] })],
      { violates: /port1: attachments\[0\]\.networkCardIndex is 1/ },
    ],
    [
      [node("c6in.32xlarge"), ...attached(9, { networkCardIndex: 1 })],
      { violates: /alpha: 9 interfaces on network card 1 of c6in\.32xlarge, which takes 8/ },
    ],
  ]));

test("an index that another interface of the card has is refused: of what is attached, listed, or first by itself", () =>
  saysOfStack(rule, [
    [
      [node("c6in.large"), port(1), link(1), port(2), link(2, { deviceIndex: 1 })],
      { violates: /link2: deviceIndex is 1, and link1 has that index of network card 0/ },
    ],
    [
      [node("c6in.large"), port(1), link(1, { deviceIndex: 0 })],
      { violates: /link1: deviceIndex is 0, and the first interface of alpha has that index/ },
    ],
    [
      [node("c6in.large"), port(1, { attachments: [{ instance: "i-1", deviceIndex: 0 }] })],
      { violates: /port1: attachments\[0\]\.deviceIndex is 0, and the first/ },
    ],
    [
      [node("c6in.large", { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1 }] }), port(1), link(1)],
      { violates: /link1: deviceIndex is 1, and networkInterfaces\[1\] has/ },
    ],
    [[node("p9.large"), port(1), link(1), port(2), link(2, { deviceIndex: 1 })], { violates: /link2: deviceIndex/ }],
  ]));

test("what the instance lists is counted once, though it is attached by another resource or AWS says it again", () => {
  const two = (props: Props, dependencies = {}) => node("c6in.large", props, dependencies);
  const listed = [0, 1, 2].map((deviceIndex) => ({ deviceIndex, networkInterfaceId: `eni-${deviceIndex}` }));
  return saysOfStack(rule, [
    [[two({ networkInterfaces: listed }), ...attached(2)], null],
    [[two({ networkInterfaces: listed }), link(1), link(2)], null],
    [
      [
        two(
          { networkInterfaces: listed.map((one) => ({ ...one, networkInterfaceId: unknown })) },
          { networkInterfaces: ["port1", "port2"] },
        ),
        ...attached(2),
      ],
      null,
    ],
    [
      [
        two({ primaryNetworkInterface: { networkInterfaceId: "eni-1" } }),
        port(1, { attachments: [{ instance: "i-1", deviceIndex: 0 }] }),
      ],
      null,
    ],
    [
      [two({ primaryNetworkInterfaceId: "eni-1" }), port(1, { attachments: [{ instance: "i-1", deviceIndex: 0 }] })],
      null,
    ],
    [[two({}), port(1, { attachments: [{ instance: "i-1", deviceIndex: 1 }] }), link(1)], null],
    // It has moved: what AWS still says of where it was does not count.
    [
      [
        two({}),
        made(instance, "beta", { id: "i-2", tags: dpdk, instanceType: "c6in.large" }),
        port(1, { attachments: [{ instance: "i-2", deviceIndex: 1 }] }),
        link(1),
        port(2),
        link(2, { instanceId: "i-2", deviceIndex: 1 }),
      ],
      null,
    ],
  ]);
});

test("an instance of a template has the template's interfaces and type, where it has none of its own", () => {
  const from = (props: Props) => made(template, "t", { id: "lt-1", ...props });
  const two = { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 3 }] };
  const started = (props: Props = {}) => node("", { launchTemplate: { id: "lt-1" }, ...props });
  return saysOfStack(rule, [
    [[from({ ...two, instanceType: "c6in.large" }), started(), ...attached(2)], { violates: /alpha: 4 interfaces/ }],
    [[from({ ...two, instanceType: "c6in.large" }), started(), ...attached(1)], null],
    [[from({ instanceType: "c6in.large" }), started(two), ...attached(2)], { violates: /alpha: 4 interfaces/ }],
    [[from(two), node("c6in.large"), ...attached(2)], null],
    [
      [
        later,
        made(template, "t", { id: "lt-1", instanceType: unknown }, { instanceType: ["later"] }),
        started({ instanceType: "c6in.large" }),
        ...attached(3),
      ],
      { violates: /alpha: 4 interfaces/ },
    ],
    [[from({ instanceType: "c6in.large" }), started({ instanceType: "c6in.xlarge" }), ...attached(3)], null],
    [
      [
        from({ networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: "eni-1" }], instanceType: "c6in.large" }),
        started(),
        port(1, { attachments: [{ instance: "i-1", deviceIndex: 0 }] }),
      ],
      null,
    ],
  ]);
});

test("in a preview, which knows no ids, the resources that a property is made from tell whose it is", () => {
  const ids = { instanceId: unknown, networkInterfaceId: unknown };
  const preview = (at: number, props: Props = {}, more: readonly string[] = []) => [
    port(at, { id: unknown }),
    link(at, { ...ids, ...props }, { instanceId: ["alpha", ...more], networkInterfaceId: [`port${at}`] }),
  ];
  const fresh = node("c6in.large", { id: unknown });
  const beta = made(instance, "beta", { id: unknown, tags: dpdk, instanceType: "c6in.large" });
  const three = [1, 2, 3].flatMap((at) => preview(at));
  return saysOfStack(rule, [
    [[fresh, ...preview(1), ...preview(2)], null],
    [[fresh, ...three], { violates: /alpha: 4 interfaces on network card 0/ }],
    [[later, fresh, ...preview(1, {}, ["later"])], null],
    [
      [
        fresh,
        ...[1, 2, 3].map((at) =>
          port(at, { attachments: [{ instance: unknown, deviceIndex: at }] }, { attachments: ["alpha"] }),
        ),
      ],
      { violates: /alpha: 4 interfaces/ },
    ],
    // Of two instances nobody can tell which one is meant.
    [[fresh, beta, ...three.slice(0, 4), ...preview(3, {}, ["beta"])], { unjudged: true }],
    // Nor of two interfaces, of which one may be counted already.
    [
      [
        fresh,
        ...three.slice(0, 4),
        port(3),
        link(3, ids, { instanceId: ["alpha"], networkInterfaceId: ["port3", "port2"] }),
      ],
      { unjudged: true },
    ],
  ]);
});

test("the number of all is judged though it is not known on which card or at which index one of them is", () => {
  const on = (place: "networkCardIndex" | "deviceIndex") => link(3, { [place]: unknown }, { [place]: ["later"] });
  return saysOfStack(rule, [
    [
      [later, node("c6in.large"), ...attached(2), port(3), on("networkCardIndex")],
      { violates: /alpha: 4 interfaces on c6in\.large, which takes 3/ },
    ],
    [
      [later, node("c6in.large"), ...attached(2), port(3), on("deviceIndex")],
      { violates: /alpha: 4 interfaces on network card 0/ },
    ],
    [[later, node("c6in.xlarge"), ...attached(2), port(3), on("networkCardIndex")], { unjudged: true }],
    [[later, node("c6in.xlarge"), ...attached(2), port(3), on("deviceIndex")], { unjudged: true }],
    [
      [
        later,
        node("c6in.xlarge", { networkInterfaces: [{ deviceIndex: unknown }] }, { networkInterfaces: ["later"] }),
        ...attached(3),
      ],
      { unjudged: true },
    ],
    [
      [
        later,
        node("c6in.32xlarge", { networkInterfaces: [{ networkCardIndex: unknown }] }, { networkInterfaces: ["later"] }),
        ...attached(8),
        ...Array.from({ length: 8 }, (_, at) => link(11 + at, { deviceIndex: at + 1, networkCardIndex: 1 })),
      ],
      { violates: /alpha: 17 interfaces on c6in\.32xlarge, which takes 16/ },
    ],
  ]);
});

test("what is not known yet is said, and hides nothing", () =>
  saysOfStack(rule, [
    [[later, port(1), link(1, { instanceId: unknown }, { instanceId: ["later"] })], { unjudged: true }],
    [[later, node(unknown, {}, { instanceType: ["later"] }), ...attached(3)], { unjudged: true }],
    [[later, node("c6in.large", { tags: unknown }, { tags: ["later"] }), ...attached(3)], { unjudged: true }],
    [
      [later, node("c6in.large"), ...attached(3), port(4), link(4, { instanceId: unknown }, { instanceId: ["later"] })],
      { violates: /alpha: 4 interfaces/ },
    ],
    [[port(1), link(1)], null],
  ]));
