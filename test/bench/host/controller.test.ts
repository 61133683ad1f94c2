import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../../infra/cli/command";
import { watched } from "./controller";

test("a process that has left its session is counted with the command that started it, and its memory too", async () => {
  const hold = "import time; block = b'x' * 40_000_000; time.sleep(1.5)";
  const peak = await watched((environment) =>
    run("sh", ["-c", `setsid python3 -c "${hold}" & python3 -c "${hold}"; wait`], { environment }),
  );
  assert.ok(peak.processes >= 3, `${peak.processes} processes`);
  assert.ok(peak.mib >= 70 && peak.mib < 300, `${peak.mib} MiB`);
});

test("what runs beside it is not counted", async () => {
  const beside = run("sleep", ["0.5"]);
  const peak = await watched((environment) => run("sleep", ["0.5"], { environment }));
  await beside;
  assert.equal(peak.processes, 1);
});
