import { spawn } from "node:child_process";

/** How a command is run. */
export interface CommandOptions {
  /** Added to this process's environment. */
  environment?: Record<string, string>;
  /** The folder to run it in. Default: this process's. */
  folder?: string;
  /** What it reads on standard input. Default: nothing. */
  input?: string | Uint8Array;
  /** Seconds after which it is ended. Default: no limit. */
  seconds?: number;
  /** Called with every line of its standard output and standard error as it comes. */
  onLine?: (line: string) => void;
}

/** What a command answered. */
export interface CommandResult {
  code: number;
  out: string;
  err: string;
}

/** Runs a program with a list of arguments, without a shell. Rejects only where the program cannot be started. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: { ...process.env, ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.seconds === undefined ? {} : { timeout: options.seconds * 1000 }),
    });
    const out = collect(child.stdout, options.onLine);
    const err = collect(child.stderr, options.onLine);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 124), out: out(), err: err() }));
    child.stdin.on("error", () => undefined); // A program that ends without reading its input is no failure of ours.
    child.stdin.end(options.input ?? "");
  });
}

function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  let text = "";
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    if (onLine === undefined) return;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "" && onLine !== undefined) onLine(rest);
  });
  return () => text;
}
