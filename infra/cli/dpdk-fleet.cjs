#!/usr/bin/env node
// What `npx dpdk-fleet` runs: the TypeScript as it stands, compiled in memory by tsx.
require("tsx/cjs");
require("./main.ts");
