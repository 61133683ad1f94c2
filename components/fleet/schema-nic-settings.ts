import { z } from "zod";
import { count, field } from "./fields";

const onOff = (text: string, example: boolean) => field(z.boolean().optional(), text, { reboot: false, example });

const offloads = z
  .strictObject({
    gro: onOff("Generic receive offload: the kernel joins received segments (ethtool -K gro).", false),
    lro: onOff("Large receive offload: the NIC joins them, which a router or bridge must not (ethtool -K lro).", false),
    tso: onOff("TCP segmentation offload: the NIC cuts large segments (ethtool -K tso).", false),
    gso: onOff("Generic segmentation offload: the kernel cuts them as late as it can (ethtool -K gso).", false),
  })
  .meta({ description: "What the NIC or the kernel does to packets on their way (ethtool -K). Left out: as it is." });

const rings = z
  .strictObject({
    rx: field(count(1, 65_536).optional(), "Receive descriptors of each queue (ethtool -G rx).", {
      unit: "descriptors",
      reboot: false,
      example: 4096,
    }),
    tx: field(count(1, 65_536).optional(), "Transmit descriptors of each queue (ethtool -G tx).", {
      unit: "descriptors",
      reboot: false,
      example: 4096,
    }),
  })
  .meta({ description: "Ring sizes; the node agent refuses more than the driver takes, and says how many that is." });

const channels = z
  .strictObject({
    combined: field(count(1, 1024).optional(), "Queues that receive and send (ethtool -L combined).", {
      unit: "queues",
      reboot: false,
      example: 4,
    }),
  })
  .meta({ description: "Queues of the kernel's driver; those of DPDK are dataPlane.queues." });

const pause = z
  .strictObject({
    rx: onOff("Obey pause frames (ethtool -A rx). No longer negotiated, where the driver lets one choose.", true),
    tx: onOff("Send pause frames (ethtool -A tx). No longer negotiated, where the driver lets one choose.", true),
  })
  .meta({ description: "Ethernet flow control of the link." });

const usecs = (text: string) =>
  field(count(0, 10_000).optional(), text, { unit: "\u00b5s", reboot: false, example: 50 });

const coalescing = z
  .strictObject({
    rxUsecs: usecs("Time that a received packet may wait for its interrupt; adaptive coalescing is turned off for it."),
    txUsecs: usecs(
      "Time that a sent packet may wait for its interrupt. Drivers whose queues share an interrupt (igb, ixgbe) know " +
        "rxUsecs alone and refuse this.",
    ),
  })
  .meta({ description: "Interrupt coalescing (ethtool -C); 0 is an interrupt for each packet." });

/** Settings of a NIC that stays with its kernel driver, as ethtool makes them. */
export const nicSettingsSchema = z
  .strictObject({
    offloads: offloads.optional(),
    rings: rings.optional(),
    channels: channels.optional(),
    pause: pause.optional(),
    coalescing: coalescing.optional(),
  })
  .refine((groups) => Object.values(groups).some((part) => Object.keys(part ?? {}).length > 0), {
    error: "must name at least one setting, such as rings.rx",
  });

export type NicSettings = Readonly<z.output<typeof nicSettingsSchema>>;

/**
 * The settings that may reset the card, by their path. The kernel itself does GRO and GSO, and TSO is asked for packet by packet;
 * ixgbe resets for LRO and coalescing too (ixgbe_set_features, ixgbe_set_coalesce).
 */
export function resettingSettings(settings: NicSettings): string[] {
  const harmless = new Set(["offloads.gro", "offloads.tso", "offloads.gso"]);
  return Object.entries(settings)
    .flatMap(([group, part]) => Object.keys(part ?? {}).map((name) => `${group}.${name}`))
    .filter((path) => !harmless.has(path));
}
