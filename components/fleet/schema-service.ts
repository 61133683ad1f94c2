import { z } from "zod";
import { account, count, field, text } from "./fields";

const log = z
  .strictObject({
    file: field(
      text(/^\/var\/log\/[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be a file directly under /var/log").optional(),
      "The program's lines go here instead of the journal; rotated by logrotate.",
      { reboot: false, example: "/var/log/pantheon-dpdk.log" },
    ),
    maxMiB: field(count(1, 65_536).default(64), "Size at which the file is rotated, looked at once a day.", {
      unit: "MiB",
      reboot: false,
      example: 64,
    }),
    keep: field(count(0, 100).default(4), "Rotated files that are kept, compressed.", {
      unit: "files",
      reboot: false,
      example: 4,
    }),
    rate: z
      .strictObject({
        lines: field(count(1, 10_000_000), "Lines that the journal takes in that time; it drops more, and says so.", {
          unit: "lines",
          reboot: false,
          example: 50000,
        }),
        seconds: field(count(1, 3600), "The time.", { unit: "s", reboot: false, example: 30 }),
      })
      .optional()
      .meta({ description: "Limit of lines. Default: the journal's own, 10,000 in 30 s with systemd." }),
  })
  .meta({ description: "Where the program's lines go. Default: the journal, which rotates by itself." });

const coreDumps = z
  .strictObject({
    maxMiB: field(
      count(1, 1_048_576).default(1024),
      "Size of one core, which has no hugepages in it, and five times that for all. Longer ones are cut off.",
      { unit: "MiB", reboot: false, example: 1024 },
    ),
  })
  .meta({
    description:
      "Core dumps through systemd-coredump, for `coredumpctl`. It becomes the handler of all programs of the node. Off by " +
      "default: a core has keys in it.",
  });

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
    log: log.optional(),
    coreDumps: coreDumps.optional(),
  })
  .meta({ description: "The data plane as pantheonchain-dpdk.service. Needs dataPlane. A change needs no reboot." });

export type ServiceInput = z.output<typeof serviceSchema>;
