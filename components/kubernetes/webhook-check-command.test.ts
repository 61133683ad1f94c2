import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { interpreterOf } from "../image/interpreter";
import { KUBECONFIG, SPEC } from "./check-environment";

/** The check against a server that answers all with these words; null is one that does not listen. */
async function said(answer: { code: number; type: string; body: string } | null): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(answer?.code ?? 0, { "content-type": answer?.type }).end(answer?.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  if (answer === null) await new Promise((closed) => server.close(closed));
  const kubeconfig = JSON.stringify({
    clusters: [{ name: "test", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    users: [{ name: "test", user: {} }],
    "current-context": "test",
  });
  const spec = { operator: "sriov", namespace: "sriov", context: null, seconds: 0, revision: 1 };
  try {
    return await errorOf({ [SPEC]: JSON.stringify(spec), [KUBECONFIG]: kubeconfig });
  } finally {
    server.close();
  }
}

function errorOf(environment: Record<string, string>): Promise<string> {
  const [program = "", ...args] = interpreterOf(__filename, join(__dirname, "webhook-check-command"));
  return new Promise((done, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment } });
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.once("error", reject);
    child.once("close", () => done(text));
  });
}

test("a cluster that does not answer is no question of rights", async () => {
  assert.match(await said(null), /^kubernetes: the cluster does not answer: .*ECONNREFUSED/);
});

test("a login that nobody knows is told as one", async () => {
  const body = JSON.stringify({ kind: "Status", message: "Unauthorized", code: 401 });
  const line = /^kubernetes: sriov: the dry run of a policy failed: .*401.*; log in as somebody who may create SR-IOV/;
  assert.match(await said({ code: 401, type: "application/json", body }), line);
});

test("a path that the API server has not, in its own plain words, means that policies are not defined", async () => {
  const answer = { code: 404, type: "text/plain", body: "404 page not found\n" };
  const line = /^kubernetes: sriov: its webhook judges no policy after 0 s: policies are not defined; the chart brings/;
  assert.match(await said(answer), line);
});

test("a page of a proxy is waited for, and its first line told", async () => {
  const answer = { code: 503, type: "text/html", body: "<html>no backend\n</html>" };
  const line =
    /^kubernetes: sriov: its webhook judges no policy after 0 s: the API server answers 503 <html>no backend; see/;
  assert.match(await said(answer), line);
});
