import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { qmp } from "./qmp";

const root = mkdtempSync(join(tmpdir(), "qmp-"));
after(() => rmSync(root, { recursive: true }));

test("a command reaches a QEMU whose folder lies deeper than a socket's path may be long", async () => {
  const folder = join(root, "deep".repeat(20), "deeper".repeat(10));
  mkdirSync(folder, { recursive: true });
  let received = "";
  const server = createServer((socket) => {
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    socket.on("data", (data) => {
      received += data;
      socket.write('{"return": {}}\r\n{"timestamp": {}, "event": "POWERDOWN"}\r\n{"return": {}}\r\n');
    });
  });
  const here = process.cwd();
  process.chdir(folder);
  await new Promise<void>((listening) => server.listen("qmp.sock", listening));
  process.chdir(here);
  assert.ok(await qmp(folder, "qmp.sock", "system_powerdown"));
  assert.match(received, /qmp_capabilities.*\n.*system_powerdown/);
  await new Promise((closed) => server.close(closed));
});

test("a QEMU that is not there does not answer", async () => {
  assert.equal(await qmp(root, "qmp.sock", "system_powerdown"), false);
});
