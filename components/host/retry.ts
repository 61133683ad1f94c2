import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type SshServer, untilSshGreets } from "./ssh-banner";

/** What to do after a failed attempt. */
export type Decision =
  | { retry: true; afterSeconds: number; why: string }
  | {
      retry: false;
      why: string;
      /** Whether the node's console may tell more: it did not come back, or not with the arguments that were asked. */
      console: boolean;
    };

/** What is known of the attempts so far. */
export interface Attempts {
  count: number;
  elapsedSeconds: number;
}

/** How long a node may take. */
export interface RetryLimits {
  /** Seconds from the first failure to the last attempt. Default 1,200: packages, one reboot of a slow server, binding. */
  seconds: number;
  /** Attempts. Default 60: the engine itself was seen to retry up to 100 times. */
  count: number;
}

export const defaultRetryLimits: RetryLimits = { seconds: 1200, count: 60 };

/** The agent's own word that it needs a new connection (docs/agent-protocol.md). */
const marker = /dpdk-fleet-retry: reason=(reboot|working|confirm) after=(\d+) ?([^\n]*)/;

/** A connection that a wait can mend: the machine is going down, is down, or comes up. */
const lostConnection =
  /timeout, server \S+ not responding|connection closed by|connection to \S+ closed|stdio forwarding failed|connection refused|connection reset|broken pipe|i\/o timeout|no route to host|network is unreachable|connection timed out|unexpected EOF|: EOF|handshake failed: EOF|without exit status or exit signal|connection lost|use of closed network connection|ssh: disconnect|rejected: connect failed|administratively prohibited|context deadline exceeded|session not started/i;

/** A connection that no wait can mend. */
const refusedConnection: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /host key verification failed|host key mismatch|ssh: host key|knownhosts|key mismatch/i,
    "the node's host key is not the pinned one; compare it on the node's console, then set ssh.hostKey",
  ],
  [
    /permission denied \(|unable to authenticate|no supported methods remain/i,
    "the node did not accept the key; check ssh.user, and ssh.identity or `ssh-add -l`",
  ],
];

/** The agent's words for kernel arguments that did not boot. */
const failedBoot = /the trial boot failed/;

/** Seconds between two attempts on a machine that does not answer. */
const reconnectSeconds = 5;

/** Whether a failed attempt is tried again. Pure: the newest error's text and the attempts so far decide. */
export function decide(error: string, attempts: Attempts, limits: RetryLimits): Decision {
  for (const [pattern, remedy] of refusedConnection) {
    if (pattern.test(error)) return { retry: false, why: remedy, console: false };
  }
  const asked = marker.exec(error);
  if (asked === null && !lostConnection.test(error)) return { retry: false, why: "", console: failedBoot.test(error) };
  const waiting = asked === null ? "waits for SSH" : sentence(asked[1] ?? "", asked[3] ?? "");
  if (attempts.elapsedSeconds >= limits.seconds || attempts.count >= limits.count) {
    const spent = `${Math.round(attempts.elapsedSeconds)} s and ${attempts.count} attempts`;
    return { retry: false, why: `gave up after ${spent}: it still ${waiting}`, console: true };
  }
  return { retry: true, afterSeconds: asked === null ? reconnectSeconds : Number(asked[2]), why: waiting };
}

function sentence(reason: string, detail: string): string {
  const doing = { reboot: "reboots", working: "works", confirm: "confirms its NIC binding" }[reason] ?? reason;
  return detail === "" ? doing : `${doing}: ${detail}`;
}

/** What a hook needs to know of its node. */
export interface RetryNode {
  /** The node's name, for messages. */
  name: string;
  /** A file on this machine that receives the node's console; its last lines are shown when the node is given up. */
  console?: string;
  limits?: RetryLimits;
  /** The SSH server that is dialled first: the node's own, or its bastion's. The next attempt waits until it greets. */
  server: SshServer;
}

/** Seconds after which a wait for a node is told again. */
const tellEverySeconds = 30;

/**
 * The hook that lets one resource go through a reboot: it retries on the agent's marker and on a lost connection, bounded
 * in time and number, and ends with the reason and the node's last console lines.
 */
export function retryHook(name: string, node: RetryNode): pulumi.ErrorHook {
  const attempts: Attempts = { count: 0, elapsedSeconds: 0 };
  const limits = node.limits ?? defaultRetryLimits;
  let firstFailure: number | undefined;
  return new pulumi.ErrorHook(name, async (failed) => {
    firstFailure ??= Date.now();
    const since = firstFailure;
    const elapsed = () => (Date.now() - since) / 1000;
    attempts.count += 1;
    attempts.elapsedSeconds = elapsed();
    const decision = decide(failed.errors[0] ?? "", attempts, limits);
    if (!decision.retry) {
      await report(node, decision);
      return false;
    }
    await pulumi.log.info(`${node.name} ${decision.why} (${Math.round(elapsed())} s)`);
    await seconds(decision.afterSeconds);
    const back = await untilBack(node, elapsed, limits.seconds);
    if (!back) {
      const why = `gave up after ${Math.round(elapsed())} s: its SSH server does not answer`;
      await report(node, { why, console: true });
    }
    return back;
  });
}

/** Waits until the node's server greets, and says every now and then that it does. False when its time is over. */
async function untilBack(node: RetryNode, elapsed: () => number, limit: number): Promise<boolean> {
  for (;;) {
    const left = limit - elapsed();
    if (await untilSshGreets(node.server, Math.min(tellEverySeconds, Math.max(0, left)))) return true;
    if (left <= tellEverySeconds) return false;
    await pulumi.log.info(
      `${node.name} is waited for, ${node.server.host}:${node.server.port} does not greet (${Math.round(elapsed())} s)`,
    );
  }
}

async function report(node: RetryNode, ended: { why: string; console: boolean }): Promise<void> {
  if (ended.why !== "") await pulumi.log.error(`${node.name}: ${ended.why}`);
  const lines = ended.console ? lastConsoleLines(node.console) : "";
  if (lines !== "") await pulumi.log.error(`${node.name}: its console ended with\n${lines}`);
}

/** The last lines of a console's file, without control sequences; empty where there is no file. */
export function lastConsoleLines(file: string | undefined, count = 12): string {
  if (file === undefined || !existsSync(file)) return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a console is full of them, and a terminal would obey them.
  const control = /\u001b\[[0-9;?]*[A-Za-z]|\u001bc|[\u0000-\u0009\u000b-\u001f\u007f]/g;
  const lines = readFileSync(file, "utf8").replace(control, "").split("\n");
  return lines
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .map((line) => `  | ${line}`)
    .join("\n");
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
