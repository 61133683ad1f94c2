// The engine starts this file and asks it about every resource:  pulumi preview --policy-pack policies
// Not pack.ts itself, because of what has to be done before the SDK is loaded: late.cjs.
const { loadLate } = require("./late.cjs");

loadLate("@pulumi/pulumi", ["@npmcli/arborist"]);
require("./pack.ts");
