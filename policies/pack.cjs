// The engine starts this file and asks it about every resource:  pulumi preview --policy-pack policies
// Not pack.ts itself, because of what has to be done before the SDK is loaded (late.cjs), and to it (decode-once.cjs).
const { decodeOnce } = require("./decode-once.cjs");
const { loadLate } = require("./late.cjs");

loadLate("@pulumi/pulumi", ["@npmcli/arborist", "@pulumi/pulumi/automation", "normalize-package-data"]);
decodeOnce();
require("./pack.ts");
