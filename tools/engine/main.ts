import { resolve } from "node:path";
import { EngineError, ensureEngine } from "./engine";

// Makes the engine and prints the shell lines that put it to use: eval "$(npx tsx tools/engine/main.ts)"
const cacheFolder = resolve(process.env.DPDK_FLEET_CACHE ?? resolve(__dirname, "../../.cache"));

ensureEngine({ cacheFolder, log: (line) => process.stderr.write(`${line}\n`) }).then(
  (engine) => {
    for (const [name, value] of Object.entries(engine.environment)) {
      process.stdout.write(`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
    }
  },
  (error: unknown) => {
    process.stderr.write(`engine: ${error instanceof EngineError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
