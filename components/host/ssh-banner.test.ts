import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server } from "node:net";
import { test } from "node:test";
import { sshGreets, untilSshGreets } from "./ssh-banner";

function listen(greeting: string): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      if (greeting !== "") socket.write(greeting);
    });
    server.listen(0, "127.0.0.1", () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });
}

test("a server that says SSH greets, another one and a refused port do not", async () => {
  const ssh = await listen("SSH-2.0-OpenSSH_9.2\r\n");
  const other = await listen("220 mail\r\n");
  try {
    assert.equal(await sshGreets({ host: "127.0.0.1", port: ssh.port }), true);
    assert.equal(await sshGreets({ host: "127.0.0.1", port: other.port }), false);
  } finally {
    ssh.server.close();
    other.server.close();
  }
  assert.equal(await sshGreets({ host: "127.0.0.1", port: ssh.port }), false);
});

test("a port that accepts and says nothing, as a booting machine's does, is given up in time", async () => {
  const silent = await listen("");
  const start = Date.now();
  try {
    assert.equal(await untilSshGreets({ host: "127.0.0.1", port: silent.port }, 1), false);
  } finally {
    silent.server.close();
  }
  assert.ok(Date.now() - start < 10_000);
});

test("a server that comes up while one waits is found", async () => {
  const first = await listen("");
  const { port } = first;
  await new Promise((resolve) => first.server.close(resolve));
  const waiting = untilSshGreets({ host: "127.0.0.1", port }, 20);
  const late = createServer((socket) => void socket.write("SSH-2.0-late\r\n"));
  await new Promise<void>((resolve) => late.listen(port, "127.0.0.1", resolve));
  try {
    assert.equal(await waiting, true);
  } finally {
    late.close();
  }
});
