import { z } from "zod";
import { account, count, field } from "./fields";

/** The data plane as a service of the node. */
export const serviceSchema = z
  .strictObject({
    runtime: field(
      z.enum(["podman", "native"]),
      "podman: the image as a container without privileges; native: the program of the image, unpacked to /opt/pantheonchain, " +
        "for a server whose glibc is 2.36 or newer.",
      { reboot: false, example: "podman" },
    ),
    user: field(account().default("pantheon"), "Account that the data plane runs as; made where it is missing.", {
      reboot: false,
      example: "pantheon",
    }),
    group: field(
      account().default("pantheon"),
      "Its group, which may open the functions that are bound to vfio-pci; made where it is missing.",
      { reboot: false, example: "pantheon" },
    ),
    startSeconds: field(
      count(10, 900).default(120),
      "Time from its start until all ports run; then the node agent goes back to what ran before.",
      { unit: "s", reboot: false, example: 120 },
    ),
  })
  .meta({ description: "The data plane as pantheonchain-dpdk.service. Needs dataPlane. A change needs no reboot." });

export type ServiceInput = z.output<typeof serviceSchema>;
