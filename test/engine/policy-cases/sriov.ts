import type { Case } from "./resources";

export const sriov: Readonly<Record<string, Case>> = {};
