import type { Case } from "./resources";

export const aws: Readonly<Record<string, Case>> = {};
