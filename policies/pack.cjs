// The engine starts this file and asks it about every resource:  pulumi preview --policy-pack policies
// Not pack.ts itself, because of what has to be done before the SDK is loaded (late.cjs), and to it (decode-once.cjs).
const { decodeOnce } = require("./decode-once.cjs");
const { loadLate, UNUSED_OF_SDK } = require("./late.cjs");

loadLate("@pulumi/pulumi", UNUSED_OF_SDK);
decodeOnce();
require("./pack.ts");
