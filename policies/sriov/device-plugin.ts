import { partsOf } from "../parts";
import type { RuleArgs } from "../rule";
import { jsonOf, recordOf } from "./network";
import type { Props } from "./objects";

/** What the device plugin's configuration says of one resource: it offers the devices that any of the selectors takes. */
export interface Pool {
  /** `config.json resourceList[0] (nic)`. */
  readonly where: string;
  readonly resourceName: string;
  readonly deviceType: string;
  readonly selectors: readonly Selector[];
}

/** Lists by name: `vendors`, `devices`, `drivers`, `pfNames`, `rootDevices`, `pciAddresses`, … */
export type Selector = Readonly<Record<string, readonly string[]>>;

/** The texts of a ConfigMap that configure the device plugin; null where it is another ConfigMap. */
export function configurationsOf({ type, props }: Pick<RuleArgs, "type" | "props">): (() => Configuration)[] | null {
  if (!/^kubernetes:core\/v1:ConfigMap(Patch)?$/.test(type)) return null;
  const texts = partsOf(() => {
    const data: Props = props.data ?? {};
    return Object.keys(data).map((key) => () => ({ key, text: String(data[key]) }));
  });
  if (isNamedSo(props)) return texts;
  const own = texts.filter((read) => isConfiguration(read));
  return own.length === 0 ? null : own;
}

export interface Configuration {
  readonly key: string;
  readonly text: string;
}

/** What each configuration lists, one that throws where the text is not known yet. */
export function poolsOf(configurations: readonly (() => Configuration)[]): (() => Pool)[] {
  return configurations.flatMap((read) =>
    partsOf(() => {
      const { key, text } = read();
      const list = recordOf(jsonOf(text))?.resourceList;
      return (Array.isArray(list) ? list : []).map((each, at) => () => poolOf(`${key} resourceList[${at}]`, each));
    }),
  );
}

function poolOf(where: string, value: unknown): Pool {
  const pool = recordOf(value) ?? {};
  const selectors = Array.isArray(pool.selectors) ? pool.selectors : [pool.selectors];
  const resourceName = String(pool.resourceName ?? "");
  return {
    where: `${where} (${resourceName})`,
    resourceName,
    deviceType: String(pool.deviceType ?? "netDevice"),
    selectors: selectors.map((each) => selectorOf(recordOf(each) ?? {})),
  };
}

function selectorOf(record: Record<string, unknown>): Selector {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, list]) => (Array.isArray(list) ? [[name, list.map(String)]] : [])),
  );
}

/** `sriovdp-config` is what the plugin's own manifests call it. */
function isNamedSo(props: Props): boolean {
  try {
    return /sriov-?(network-)?(dp|device-?plugin)/i.test(String(props.metadata?.name ?? ""));
  } catch {
    return false;
  }
}

/** A text that is not known yet may be anything: only that of a ConfigMap with the usual name is waited for. */
function isConfiguration(read: () => Configuration): boolean {
  try {
    return read().text.includes('"resourceList"');
  } catch {
    return false;
  }
}

// Drivers that hand a device to a program; the others are the kernel's own.
export const userspaceDrivers: readonly string[] = ["vfio-pci", "igb_uio", "uio_pci_generic"];
