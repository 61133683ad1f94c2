import { test } from "node:test";
import { unknown } from "../resource.fixture";
import { instance, later, nodeGroup, type Props, saysOfStack, template } from "./aws.fixture";
import { imdsHopLimit as rule } from "./imds-hop-limit";

const machine = (hops: unknown, props: Props = {}, type = instance) => ({
  type,
  name: "alpha",
  props: { metadataOptions: { httpPutResponseHopLimit: hops as number }, ...props },
});

test("one hop passes, and two where containers are seen or declared", async () => {
  await saysOfStack(rule, [
    [[machine(1)], null],
    [[{ type: instance, name: "alpha", props: {} }], null],
    [[machine(2, { userData: "#!/bin/sh\n/etc/eks/bootstrap.sh cluster" })], null],
    [[machine(2, { userData: "dnf install podman" })], null],
    [[machine(2, { tags: { "kubernetes.io/cluster/c": "owned" } })], null],
    [[machine(2, { userData: Buffer.from("#!/bin/sh\napt install docker").toString("base64") }, template)], null],
    [
      [
        machine(2, { id: "lt-1" }, template),
        { type: nodeGroup, name: "nodes", props: { launchTemplate: { id: "lt-1" } } },
      ],
      null,
    ],
    [
      [
        machine(2, {}, template),
        {
          type: nodeGroup,
          name: "nodes",
          props: { launchTemplate: { id: unknown } },
          dependencies: { launchTemplate: ["alpha"] },
        },
      ],
      null,
    ],
  ]);
  await saysOfStack(rule, [[[machine(2)], null]], { settings: { containers: ["al*"] } });
});

test("containers are seen in user data and in tags, whatever runs them", () =>
  saysOfStack(rule, [
    ...[
      "systemctl enable kubelet",
      "kubeadm join 192.0.2.1",
      "nodeadm init",
      "apiVersion: node.eks.aws/v1alpha1",
      "systemctl start containerd",
      "docker run image",
      "podman run image",
      "systemctl start ecs",
      "systemctl start k3s",
    ].map((userData) => [[machine(2, { userData })], null] as const),
    [[machine(2, { tags: { "eks:cluster-name": "c" } })], null],
    [[machine(2, { tagSpecifications: [{ tags: { "eks:cluster-name": "c" } }] }, template)], null],
    [[machine(2, { userDataBase64: Buffer.from("#!/bin/sh\ndocker run image").toString("base64") })], null],
  ]));

test("two hops without containers are a warning, and more than two with them too", () =>
  saysOfStack(rule, [
    [
      [
        machine(2, { id: "lt-1" }, template),
        { type: instance, name: "beta", props: { launchTemplate: { id: "lt-1" } } },
      ],
      { advises: /alpha: .* is 2/ },
    ],
    [[machine(2)], { advises: /alpha: metadataOptions.httpPutResponseHopLimit is 2.*write 1/ }],
    [[machine(2, {}, template)], { advises: /is 2/ }],
    [[machine(3, { userData: "apt install docker" })], { advises: /is 3.*write 2 at most/ }],
    [[machine(2), { type: nodeGroup, name: "nodes", props: { launchTemplate: { id: "lt-2" } } }], { advises: /is 2/ }],
  ]));

test("what is not known yet is said, also where it might be containers", () =>
  saysOfStack(rule, [
    [[{ ...machine(unknown), dependencies: { metadataOptions: ["later"] } }, later], { unjudged: true }],
    [[{ ...machine(2, { userData: unknown }), dependencies: { userData: ["later"] } }, later], { unjudged: true }],
    [[{ ...machine(1, { userData: unknown }), dependencies: { userData: ["later"] } }, later], null],
    // What AWS fills in itself is nobody's text.
    [[machine(2, { userData: unknown })], { advises: /is 2/ }],
    [[machine(unknown)], null],
    [[later], "n/a"],
  ]));
