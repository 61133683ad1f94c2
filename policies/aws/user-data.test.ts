import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { decoded, linesOf } from "./user-data";

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const script = "#!/bin/sh\nmodprobe igb_uio\n";

test("a plain text, base64, and gzip within base64 are the same text", () => {
  for (const text of [script, base64(script), base64(gzipSync(script)), `${base64(script)}\n`])
    assert.ok(decoded(text).startsWith(script), text);
});

test("what is packed in twenty letters is read, and what is shorter is a name", () => {
  assert.match(decoded(base64("bind vfio-pci 1")), /bind vfio-pci 1/);
  assert.equal(decoded(base64("vfio-pci")), base64("vfio-pci"));
});

test("a part and a file that stand in base64 within it are read too, also over several lines", () => {
  const file = base64("password=hunter2hunter2 and some more words of it").replace(/(.{30})/g, "$1\n      ");
  const config = `#cloud-config\nwrite_files:\n  - encoding: b64\n    content: |\n      ${file}\n    path: /a\n`;
  assert.match(decoded(config), /password=hunter2hunter2/);
  const part = `Content-Transfer-Encoding: base64\n\n${base64(config)}\n--b--`;
  assert.match(decoded(base64(part)), /password=hunter2hunter2/);
});

test("what only looks like base64 stays as it is", () => {
  const text = "cp /usr/local/share/certificates/authority /etc/ssl";
  assert.equal(decoded(text).trim(), text);
  const broken = base64(Buffer.from([0x1f, 0x8b, 8, ...Array(20).keys()]));
  assert.equal(decoded(broken).trim(), broken);
  const almost = `${base64("#!/bin/sh and what follows")}!`;
  assert.ok(decoded(almost).startsWith(almost));
  for (const byte of [1, 0x7f, 0xff]) {
    const binary = base64(Buffer.alloc(24, byte));
    assert.equal(decoded(binary).trim(), binary);
  }
});

test("what is packed in itself again and again is not followed for ever", () => {
  const packed = (times: number): string => (times === 0 ? "a password of many words" : base64(packed(times - 1)));
  assert.match(decoded(packed(4)), /a password/);
  assert.doesNotMatch(decoded(packed(5)), /a password/);
});

test("lines are those of a shell: continued ones together, comments out, the interpreter's line in", () => {
  assert.deepEqual(linesOf("#!/bin/sh\n# note\ncurl \\\n  -s x\r\n  # note"), ["#!/bin/sh", "curl    -s x"]);
});
