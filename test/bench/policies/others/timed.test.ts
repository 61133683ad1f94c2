import assert from "node:assert/strict";
import { test } from "node:test";
import { timed } from "./timed";

test("a command's time is that of the clock and of the processor, its children's too, and its own words stay as they are", async () => {
  const worker = 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; echo "so far" >&2; echo done; exit 3';
  const { code, out, err, elapsed, cpu } = await timed("sh", ["-c", `sh -c '${worker}'`]);
  assert.deepEqual([code, out, err], [3, "done\n", "so far"]);
  assert.ok(cpu > 0.01 && elapsed > 0.01, `${cpu} ${elapsed}`);
});

test("a command that waits takes no time of the processor", async () => {
  const { elapsed, cpu } = await timed("sleep", ["0.3"]);
  assert.ok(elapsed >= 0.3 && cpu < 0.2, `${elapsed} ${cpu}`);
});
