import type { HostPlan } from "./plan-schema";

/** The plan as canonical JSON: the same plan is the same text, whatever the order in which it was put together. */
export function planText(plan: HostPlan): string {
  return `${JSON.stringify(sorted(plan))}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
