import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

// The engine starts this file and asks it about every resource:  pulumi preview --policy-pack policies
new PolicyPack("dpdk-fleet", {
  description: "What loses or weakens a DPDK node is refused before it is deployed",
  enforcementLevel: "mandatory",
  policies: [...rules],
});
