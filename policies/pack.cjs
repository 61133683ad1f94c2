// The engine starts this file and asks it about every resource:  pulumi preview --policy-pack policies
// Plain JavaScript, because the SDK loads the TypeScript compiler for a pack that is not (PulumiPolicy.yaml says so too); tsx takes
// only the types away. Both, and late.cjs, take a pack's start from 1.6 s to less than half (npm run bench -- policies).
const { loadLate } = require("./late.cjs");

loadLate("@pulumi/pulumi", ["typescript", "@npmcli/arborist"]);
require("tsx/cjs");
require("./pack.ts");
