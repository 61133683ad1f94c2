import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";

/** A real sshd on loopback, with keys of its own, started and stopped by a test. */
export interface Sshd {
  address: string;
  port: number;
  user: string;
  /** The public host key, as a fleet file carries it. */
  hostKey: string;
  /** The private key that opens it. */
  keyFile: string;
  stop(): Promise<void>;
}

/** Starts sshd; every login runs `command`, which finds what was asked for in SSH_ORIGINAL_COMMAND. */
export async function startSshd(folder: string, command: string, where: Where = {}): Promise<Sshd> {
  return start(folder, command, { address: where.address ?? "127.0.0.1", port: where.port ?? (await freePort()) });
}

/** Where it listens. All of 127.0.0.0/8 is this machine: a fleet of several nodes has an address, and an sshd, for each. */
interface Where {
  address?: string;
  port?: number;
}

async function start(folder: string, command: string, { address, port }: Required<Where>): Promise<Sshd> {
  mkdirSync(folder, { recursive: true });
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 }); // Debian's sshd wants its folder of privilege separation.
  const hostKeyFile = join(folder, "host_key");
  const keyFile = join(folder, "login_key");
  for (const file of [hostKeyFile, keyFile])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  writeFileSync(join(folder, "authorized_keys"), readFileSync(`${keyFile}.pub`), { mode: 0o600 });
  const config = join(folder, "sshd_config");
  writeFileSync(config, sshdConfig(folder, { address, port }, command));
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await untilItAnswers({ address, port }, child, () => said);
  return {
    address,
    port,
    user: userInfo().username,
    hostKey: readFileSync(`${hostKeyFile}.pub`, "utf8").trim(),
    keyFile,
    stop: () => stop(child),
  };
}

function sshdConfig(folder: string, { address, port }: Required<Where>, command: string): string {
  return [
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${join(folder, "host_key")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin yes",
    "Subsystem sftp /usr/lib/openssh/sftp-server",
    `ForceCommand ${command}`,
    "",
  ].join("\n");
}

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function untilItAnswers(where: Required<Where>, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}: ${said()}`);
    if (await answers(where)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd did not answer within 10 s: ${said()}`);
}

function answers({ address, port }: Required<Where>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    // Not `close`: a connection that a test has left open keeps the output open too.
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
