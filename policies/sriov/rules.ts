import type { Rule } from "../rule";

export const sriovRules: readonly Rule[] = [];
