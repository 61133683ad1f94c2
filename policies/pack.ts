import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

// Started by pack.cjs.
new PolicyPack("dpdk-fleet", {
  description: "What loses or weakens a DPDK node is refused before it is deployed",
  enforcementLevel: "mandatory",
  policies: [...rules],
});
