import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { dump } from "js-yaml";
import { KubernetesError } from "./errors";
import { reach, serverOf } from "./reach";

const kubeconfig = dump({
  "current-context": "one",
  contexts: [
    { name: "one", context: { cluster: "first" } },
    { name: "two", context: { cluster: "second" } },
    { name: "none", context: {} },
  ],
  clusters: [
    { name: "first", cluster: { server: "https://first.example.com:6443" } },
    { name: "second", cluster: { server: "https://second.example.com:6443" } },
  ],
});

test("the server is that of the context, or of the current one", () => {
  assert.equal(serverOf(kubeconfig, undefined), "https://first.example.com:6443");
  assert.equal(serverOf(kubeconfig, "two"), "https://second.example.com:6443");
});

test("a context that is not there is told with those that are", () => {
  assert.throws(() => serverOf(kubeconfig, "three"), /no context three; it has one, two, none; name one of these/);
  assert.throws(() => serverOf("", undefined), /no context that is current; it has none/);
  assert.throws(() => serverOf(kubeconfig, "none"), /context none names no cluster with a server/);
});

const refused = (why: RegExp) => (error: unknown) => error instanceof KubernetesError && why.test(error.message);

test("a cluster that accepts and says nothing is told in the stated time", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  const port = await listening(silent);
  const asked = reach(`https://127.0.0.1:${port}`, 1);
  await assert.rejects(asked, refused(/does not answer: nothing within 1 s; .*DELETE_UNREACHABLE/));
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test("a cluster where nobody listens is told at once", async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(reach(`https://127.0.0.1:${port}`, 60), refused(/does not answer: connect ECONNREFUSED/));
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
