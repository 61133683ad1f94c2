import type { Rule } from "../rule";
import { noSecretInCommand } from "./no-secret-in-command";

export const secretRules: readonly Rule[] = [noSecretInCommand];
