import { createHash } from "node:crypto";
import type { Facts, FactsNic } from "../host/facts";
import { nicKind } from "../host/nic-knowledge";

/** A card that a fleet file may name. */
export interface ProposedNic {
  readonly name: string;
  readonly nic: FactsNic & { readonly mac: string; readonly driver: string };
  /** How DPDK would have it: functions of its own, the whole card, or the card where it is, because its PMD works on the kernel's driver. */
  readonly use: "functions" | "whole" | "kernel";
}

/**
 * The cards beside the way in, the one that suits best first: an idle one before one that is in use, one that is known with virtual
 * functions before any other, one with carrier before one without (an interface that is down tells none), one whose functions leave
 * the card itself to the kernel before one that is taken as a whole.
 */
export function proposeNics({ nics, wayIn }: Facts): ProposedNic[] {
  const groups = new Set(nics.flatMap((nic) => (wayIn.pci.includes(nic.pci) ? (nic.iommuGroup ?? []) : [])));
  return nics
    .flatMap((nic) => {
      const { mac, driver } = nic;
      const isFree = !wayIn.pci.includes(nic.pci) && (nic.iommuGroup === null || !groups.has(nic.iommuGroup));
      // A card that is on vfio-pci already shows neither address nor its kernel driver.
      if (nic.virtualFunctionOf !== null || !isFree || mac === null || driver === null || isUserspace(driver))
        return [];
      const use = useOf(driver, nic);
      return use === null ? [] : [{ nic: { ...nic, mac, driver }, use }];
    })
    .sort((a, b) => rank(a) - rank(b))
    .map((found, index) => ({ name: `data${index}`, ...found }));
}

/**
 * An address for a virtual function: always the same for the same card, another for every function and card. Its first byte is
 * even and has the bit that says "locally administered" (IEEE 802, clause 8).
 */
export function functionMac(cardMac: string, index: number): string {
  const bytes = [...createHash("sha256").update(`${cardMac} vf${index}`).digest().subarray(0, 6)];
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function isUserspace(driver: string): boolean {
  return driver === "vfio-pci" || driver.includes("uio");
}

/** Vendor and device as the fleet file has them. */
export function idOf({ vendor, device }: FactsNic): string | null {
  return vendor === null || device === null ? null : `${vendor}:${device}`;
}

/** Null where the fleet file knows no way to use it. */
function useOf(driver: string, nic: FactsNic): ProposedNic["use"] | null {
  const { model } = nicKind({ id: idOf(nic), driver });
  if (model === "bifurcated") return "kernel";
  if (model === "uio_hv_generic") return null;
  return nic.sriovTotal > 0 ? "functions" : "whole";
}

/** Whether something would be lost with the card: networks that are reached over it, or interfaces that are made of it. */
export function isInUse({ carries }: FactsNic): boolean {
  return carries != null && carries.length > 0;
}

function rank({ nic, use }: Omit<ProposedNic, "name">): number {
  const isKnown = nicKind({ id: idOf(nic), driver: nic.driver }).card?.virtualFunction != null;
  const order = ["functions", "whole", "kernel"].indexOf(use);
  return (isInUse(nic) ? 1000 : 0) + (isKnown ? 0 : 100) + (nic.carrier === true ? 0 : 10) + order;
}
