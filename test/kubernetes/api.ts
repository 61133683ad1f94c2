import { readFileSync } from "node:fs";
import type { ClientRequest } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ControlPlaneSpec } from "../../components/lab/control-plane/spec";

/** The API server as its operator, without a process for each question. */
export interface Api {
  call<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }>;
  /** Each event in the order in which the server tells them; what is there already comes first. Ends with `stop`. */
  watch<T>(path: string, onEvent: (event: { type: string; object: T }) => void): { stop(): void };
}

export function apiOf({ folder, ports }: ControlPlaneSpec): Api {
  const read = (name: string) => readFileSync(join(folder, "certificates", name));
  const agent = new Agent({
    ca: read("ca.crt"),
    cert: read("admin.crt"),
    key: read("admin.key"),
    keepAlive: true,
    maxSockets: 8,
  });
  const to = (method: string, path: string) => ({
    ...{ host: "127.0.0.1", port: ports.api, method, path, agent },
    headers: { "content-type": "application/json" },
  });
  return {
    call: <T>(method: string, path: string, body?: object) =>
      new Promise<{ status: number; body: T }>((resolve, reject) => {
        const asked = request(to(method, path), (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as T }));
        });
        asked.on("error", reject);
        asked.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    watch: (path, onEvent) => watch((query) => request(to("GET", `${path}?watch=1${query}`)), onEvent),
  };
}

interface Versioned {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** A server that is busy ends a watch that is slow: it goes on from the event it came to, so that none is left out. */
function watch<T>(asking: (query: string) => ClientRequest, onEvent: (event: { type: string; object: T }) => void) {
  let asked: ClientRequest;
  let isStopped = false;
  let seen: string | undefined;
  const failed = (error: Error) => {
    if (!isStopped) throw error;
  };
  const ask = () => {
    asked = asking(seen === undefined ? "" : `&resourceVersion=${seen}`);
    asked.on("response", (answer) => {
      answer.once("close", () => !isStopped && ask());
      const lines = createInterface({ input: answer });
      lines.on("error", () => undefined); // the answer's end is told by its `close`, however it ends
      lines.on("line", (line) => {
        const event = JSON.parse(line) as { type: string; object: T & Versioned };
        seen = event.object.metadata?.resourceVersion ?? seen;
        onEvent(event);
      });
    });
    asked.on("error", failed);
    asked.end();
  };
  ask();
  return {
    stop: () => {
      isStopped = true;
      asked.destroy();
    },
  };
}
