import type { Rule } from "../rule";
import { noSecretInCommand } from "./no-secret-in-command";
import { noSecretInUserData } from "./no-secret-in-user-data";

export const secretRules: readonly Rule[] = [noSecretInCommand, noSecretInUserData];
