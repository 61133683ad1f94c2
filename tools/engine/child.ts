import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a program ended, with all it printed. */
export interface Ended {
  /** Exit code; undefined if a signal or the time limit ended it. */
  code: number | undefined;
  out: string;
  err: string;
}

/** What differs from running a program plainly. */
export interface ChildOptions {
  folder?: string;
  /** Added to this process's environment. */
  environment?: Record<string, string>;
  /** Seconds after which it is killed. Default: no limit. */
  timeLimit?: number;
  /** Called with each line of standard error as it comes. */
  onErrorLine?: (line: string) => void;
  /** Ends the program when it is aborted. */
  signal?: AbortSignal;
}

/** Runs a program to its end. Rejects only if it cannot be started (code ENOENT: there is none) or `signal` is aborted. */
export function runChild(program: string, args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.environment },
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      ...(options.timeLimit === undefined ? {} : { timeout: options.timeLimit * 1000 }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let out = "";
    const errorLines: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    const lines = createInterface({ input: child.stderr }).on("line", (line) => {
      errorLines.push(line);
      options.onErrorLine?.(line);
    });
    const linesRead = new Promise((read) => lines.once("close", read));
    child.once("error", reject);
    child.once("close", (code) => {
      void linesRead.then(() => resolve({ code: code ?? undefined, out, err: errorLines.join("\n") }));
    });
  });
}
