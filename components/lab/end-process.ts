import { LabError } from "./errors";
import { poll } from "./poll";
import { type RunRecord, startTimeOf } from "./state";

/** Ends the process of a record, and no other that has its number since: asks first, then forces it. `program` names it in the error. */
export async function endProcess(record: RunRecord, program: string): Promise<void> {
  const gone = (): boolean => startTimeOf(record.pid) !== record.startTime;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (gone()) return;
    process.kill(record.pid, signal);
    if (await poll({ limit: 10, every: 0.1 }, gone)) return;
  }
  throw new LabError(`process ${record.pid} (${program}) does not end`, "end it by hand, then run this again");
}
