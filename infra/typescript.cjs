// Pulumi.yaml has node load this before a program of TypeScript: by tsx, which keeps what it has translated, in place of the SDK's ts-node, whose
// compiler takes half a second to load. Stack traces name TypeScript's lines as before: the SDK's own source-map-support is shown the maps.
const { createRequire } = require("node:module");

const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
ofSdk("source-map-support").install({ hookRequire: true });
require("tsx/cjs");
