import { z } from "zod";
import { MAC_ADDRESS, PCI_ADDRESS, PCI_ID } from "../host/nics";

/** What every public field says about itself; editors show it. */
export interface FieldDocumentation {
  readonly unit?: string;
  /** Whether a change reboots the node. */
  readonly reboot: boolean;
  readonly example: unknown;
}

/** Attaches the documentation to a field. It must be the outermost call, or a missing field cannot say what it is. */
export function field<T extends z.ZodType>(schema: T, text: string, about: FieldDocumentation): T {
  const unit = about.unit === undefined ? "" : ` Unit: ${about.unit}.`;
  const standing = schema instanceof z.ZodDefault ? ` Default: ${JSON.stringify(schema.def.defaultValue)}.` : "";
  const reboot = about.reboot ? " A change reboots the node." : " A change needs no reboot.";
  const example = ` Example: ${JSON.stringify(about.example)}.`;
  return schema.meta({ description: `${text}${unit}${standing}${reboot}${example}` });
}

/** A text that matches a pattern; the rule is what a wrong text and a wrong type are told alike. */
export const text = (pattern: RegExp, rule: string) =>
  z.string({ error: (issue) => (issue.input === undefined ? undefined : rule) }).regex(pattern, rule);

/** A name of a node, machine, profile or NIC: what a host name's label may be (RFC 1123). */
export const name = () =>
  text(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a name of lowercase letters, digits and hyphens, 63 at most");

// A single CPU is a number to YAML.
export const cpuList = () =>
  z.union([z.string(), z.number().int().min(0)], { error: 'must be a CPU list such as "0-3,8"' });

export const memory = () => text(/^\d{1,9}(\.\d{1,3})?[KMGT](iB)?$/, "must be a size such as 1536M or 64G");

export const pci = () => text(PCI_ADDRESS, "must be a PCI address with its domain, lowercase, such as 0000:01:00.0");

export const pciId = () => text(PCI_ID, "must be vendor and device as lspci -n writes them, such as 8086:10c9");

export const mac = () => text(MAC_ADDRESS, "must be a MAC address in lowercase such as 52:54:00:d0:00:01");

export const driver = () =>
  text(/^[A-Za-z0-9_-]{1,55}$/, "must be the name of a kernel module such as igb or vfio-pci");

export const count = (least: number, most: number) => z.number().int().min(least).max(most);

export const mode = () => text(/^0[0-7]{3}$/, 'must be a mode in quotes such as "0644"');

export const account = () => text(/^[a-z_][a-z0-9_-]{0,31}$/, "must be the name of an account or group");
