import { labSettings } from "../../infra/cli/lab/settings";
import { NEEDED, NEEDED_FOR_FUZZING, NEEDED_FOR_TESTS } from "./needed";
import { ensurePackages } from "./packages";

// What `npm test` calls first: the packages of the lab and of the tests; with `fuzzing`, those of the nightly fuzzers too. One
// line where that is not possible.
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const more = process.argv[2] === "fuzzing" ? NEEDED_FOR_FUZZING : [];
const needed = [...NEEDED, ...NEEDED_FOR_TESTS, ...more];
ensurePackages({ cacheFolder: labSettings().cacheFolder, log, needed }).catch((error: Error) => {
  log(`dpdk-fleet: ${error.message}`);
  process.exitCode = 1;
});
