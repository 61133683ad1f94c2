import { awsRules } from "./aws/rules";
import { hostRules } from "./host/rules";
import { kubernetesRules } from "./kubernetes/rules";
import type { Rule } from "./rule";
import { secretRules } from "./secrets/rules";
import { sriovRules } from "./sriov/rules";

/** Every rule of the pack. Take single ones into a pack of your own, or all of them with `policies/` as it is. */
export const rules: readonly Rule[] = [...hostRules, ...kubernetesRules, ...sriovRules, ...awsRules, ...secretRules];
