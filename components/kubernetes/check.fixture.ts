import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { interpreterOf } from "../image/interpreter";
import { KUBECONFIG, SPEC } from "./check-environment";
import type { CheckProgram } from "./check-resource";

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

/** What a check says on standard error against a server that answers all with these words; null is one that does not listen. */
export async function saidOf(check: CheckProgram, spec: object, answer: Answer | null): Promise<string> {
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
  try {
    return await errorOf(check, { [SPEC]: JSON.stringify(spec), [KUBECONFIG]: kubeconfig });
  } finally {
    server.close();
  }
}

function errorOf(check: CheckProgram, environment: Record<string, string>): Promise<string> {
  const [program = "", ...args] = interpreterOf(__filename, join(__dirname, check));
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
