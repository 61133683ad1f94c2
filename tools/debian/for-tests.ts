import { labSettings } from "../../infra/cli/lab/settings";
import { NEEDED, NEEDED_FOR_TESTS } from "./needed";
import { ensurePackages } from "./packages";

// What `npm test` calls first: the packages of the lab and of the tests. One line where that is not possible.
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
ensurePackages({ cacheFolder: labSettings().cacheFolder, log, needed: [...NEEDED, ...NEEDED_FOR_TESTS] }).catch(
  (error: Error) => {
    log(`dpdk-fleet: ${error.message}`);
    process.exitCode = 1;
  },
);
