import { test } from "node:test";
import { type StackResource, unknown } from "../resource.fixture";
import { attachment, dpdk, instance, later, nic, type Props, saysOfStack, template } from "./aws.fixture";
import { interfaceNotDeviceZero as rule } from "./interface-not-device-zero";

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
const data = made(nic, "data", { id: "eni-1", arn: "arn:eni-1", tags: dpdk });
const plain = made(nic, "plain", { id: "eni-2" });
const node = (props: Props, dependencies = {}) => made(instance, "alpha", props, dependencies);

test("DPDK's interface as device 1 passes, and so does another one as device 0", () =>
  saysOfStack(rule, [
    [[made(nic, "data", { tags: dpdk, attachments: [{ deviceIndex: 1 }] })], null],
    [[made(nic, "plain", { attachments: [{ deviceIndex: 0 }] })], null],
    [[data, made(attachment, "link", { deviceIndex: 1, networkInterfaceId: "eni-1" })], null],
    [[plain, made(attachment, "link", { deviceIndex: 0, networkInterfaceId: "eni-2" })], null],
    [
      [
        data,
        plain,
        node({
          networkInterfaces: [
            { deviceIndex: 0, networkInterfaceId: "eni-2" },
            { deviceIndex: 1, networkInterfaceId: "eni-1" },
          ],
        }),
      ],
      null,
    ],
    [[plain, node({ primaryNetworkInterface: { networkInterfaceId: "eni-2" } })], null],
    [[made(template, "t", { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1, description: "dpdk" }] })], null],
    [[node({ userData: "dpdk-devbind.py -b vfio-pci 0000:00:06.0\n# not eth0" })], null],
    [[node({ userData: "ip addr show ens5" })], null],
    [[node({ instanceType: "c6in.metal", userData: "dpdk-devbind.py -b vfio-pci 0000:00:05.0" })], null],
  ]));

test("DPDK's interface as device 0 is refused, whichever resource says so", () =>
  saysOfStack(rule, [
    [
      [made(nic, "data", { tags: dpdk, attachments: [{ deviceIndex: 0 }] })],
      { violates: /attachments\[0\]\.deviceIndex is 0 for data/ },
    ],
    [
      [data, made(attachment, "link", { deviceIndex: 0, networkInterfaceId: "eni-1" })],
      { violates: /link: deviceIndex is 0 for data/ },
    ],
    [
      [data, plain, node({ networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: "eni-1" }] })],
      { violates: /alpha: networkInterfaces\[0\]/ },
    ],
    [
      [
        data,
        node({ networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: unknown }] }, { networkInterfaces: ["data"] }),
      ],
      { violates: /networkInterfaces\[0\]/ },
    ],
    [
      [data, node({ primaryNetworkInterface: { networkInterfaceId: "eni-1" } })],
      { violates: /primaryNetworkInterface is 0 for data/ },
    ],
    [
      [made(template, "t", { networkInterfaces: [{ deviceIndex: 0, description: "DPDK port" }] })],
      { violates: /deviceIndex is 0 for DPDK port/ },
    ],
  ]));

test("while ids are not known, a list with another interface is not guessed at, and one without DPDK's passes", () =>
  saysOfStack(rule, [
    [
      [
        data,
        plain,
        node(
          { networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: unknown }] },
          { networkInterfaces: ["data", "plain"] },
        ),
      ],
      { unjudged: true },
    ],
    [
      [
        plain,
        node(
          { networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: unknown }] },
          { networkInterfaces: ["plain"] },
        ),
      ],
      null,
    ],
  ]));

test("an interface that comes from elsewhere is not known yet", () =>
  saysOfStack(rule, [
    [
      [
        later,
        node(
          { networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: unknown }] },
          { networkInterfaces: ["later"] },
        ),
      ],
      { unjudged: true },
    ],
  ]));

test("user data that binds the first interface is refused, by each way to bind", () =>
  saysOfStack(
    rule,
    [
      "dpdk-devbind.py --bind=vfio-pci 0000:00:05.0",
      "dpdk-devbind -b igb_uio eth0",
      "driverctl set-override 0000:00:05.0 vfio-pci",
      "echo 0000:00:05.0 > /sys/bus/pci/drivers/vfio-pci/bind",
      "echo 0000:00:05.0 > /sys/bus/pci/drivers/igb_uio/bind",
      "echo 0000:00:05.0 > /sys/bus/pci/drivers/uio_pci_generic/bind",
      "echo vfio-pci > /sys/bus/pci/devices/0000:00:05.0/driver_override",
      "dpdk-devbind.py -b vfio-pci ens5",
      "runcmd:\n  - [dpdk-devbind.py, -b, vfio-pci, ens5]",
      'runcmd:\n  - ["dpdk-devbind.py", "--bind", "vfio-pci", "0000:00:05.0"]',
    ].map((userData) => [[node({ userData })], { violates: /userData binds .*, device 0/ }] as const),
  ));

test("what is not known yet is said, and a stack without interfaces is left alone", () =>
  saysOfStack(rule, [
    [
      [later, made(nic, "data", { tags: dpdk, attachments: [{ deviceIndex: unknown }] }, { attachments: ["later"] })],
      { unjudged: true },
    ],
    [
      [later, made(nic, "data", { tags: unknown, attachments: [{ deviceIndex: 0 }] }, { tags: ["later"] })],
      { unjudged: true },
    ],
    [[later, node({ userData: unknown }, { userData: ["later"] })], { unjudged: true }],
    [[later], "n/a"],
  ]));
