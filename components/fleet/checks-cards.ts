import type { DataPlane } from "../host/data-plane";
import { type NicKind, nicKind, type PortLimits } from "../host/nic-knowledge";
import type { FleetProblem } from "./errors";
import type { FleetNode, HardwareNic } from "./types";

type Path = readonly (string | number)[];

/** A port of the data plane and the card behind it. */
export interface PortNic {
  readonly name: string;
  readonly nic: HardwareNic;
  readonly virtual: boolean;
}

/** A card on a driver under which DPDK cannot drive it. */
export function cardOnDriverMistakes(
  name: string,
  nic: HardwareNic,
  handed: readonly { path: Path; driver: string }[],
) {
  const kind = nicKind(nic);
  const keeper = kind.card?.driver ?? nic.driver;
  return handed.flatMap(({ path, driver }): FleetProblem[] => {
    const remedy = driver === "vfio-pci" ? notForVfio(kind, name, keeper) : null;
    return remedy === null ? [] : [{ path, value: driver, remedy }];
  });
}

function notForVfio({ model }: NicKind, name: string, keeper: string): string | null {
  if (model === "bifurcated") {
    return `${keeper} is bifurcated: its PMD works on top of the kernel driver; leave ${name} with ${keeper}`;
  }
  return model === "uio_hv_generic" ? `${name} is no PCI device to Linux; DPDK drives it by uio_hv_generic` : null;
}

/** The ids of a card and its kernel driver name the same card. */
export function identityMistakes({ name: node, hardware }: FleetNode): FleetProblem[] {
  return [...hardware.nics].flatMap(([name, nic]): FleetProblem[] => {
    const { card } = nicKind(nic);
    if (card === null || card.driver === nic.driver) return [];
    const remedy = `${nic.id} is ${card.name}, whose driver is ${card.driver}; correct id or driver of ${name} on ${node}`;
    return [{ path: ["hardware", "nics", name, "driver"], value: nic.driver, remedy }];
  });
}

/** Queues, RSS and long frames beyond what a port's card can. */
export function capabilityMistakes({ dpdkConf }: DataPlane, ports: readonly PortNic[]): FleetProblem[] {
  return ports.flatMap(({ name, nic, virtual }) => {
    const kind = nicKind(nic);
    const limits = virtual ? kind.virtualFunction : kind.whole;
    return beyond(dpdkConf, limits, `${virtual ? "a virtual function of " : ""}${name} (${limits.what})`);
  });
}

function beyond({ performance, advanced }: DataPlane["dpdkConf"], limits: PortLimits, what: string): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const say = (key: string, value: unknown, remedy: string) =>
    problems.push({ path: ["dataPlane", key], value, remedy: `${what} ${remedy}` });
  const { rxQueuesPerPort } = performance;
  if (limits.queues !== null && rxQueuesPerPort > limits.queues) {
    say("queues", rxQueuesPerPort, `has ${limits.queues} at most`);
  }
  if (advanced.enableRss && limits.rss === false) say("rss", true, "has no RSS; set it to false");
  if (advanced.enableJumboFrames && limits.jumbo === false) {
    say("jumboFrames", true, "takes no jumbo frames; set it to false");
  }
  return problems;
}
