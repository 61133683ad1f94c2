import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { type BuildSpec, buildCommand, imageFolder } from "./build-command";
import { ImageError } from "./errors";
import { pushedFile, writePushed } from "./pushed";
import { parseDigest } from "./reference";

/** Seconds between two signs of life while one step goes on. */
const HEARTBEAT = 20;

/** Builds the image, pushes it, remembers that, and answers its digest. What is done is told to `log`. */
export async function buildImage(spec: BuildSpec, log: (line: string) => void): Promise<string> {
  mkdirSync(imageFolder(spec.cacheFolder), { recursive: true }); // The user's, although root builds in it.
  const digest = parseDigest((await run(buildCommand(spec), log)).trim());
  const { repository, push } = spec;
  writePushed(pushedFile(spec), { repository, digest, push });
  return digest;
}

/** Runs build.sh; answers its standard output. */
function run(command: readonly string[], log: (line: string) => void): Promise<string> {
  const [program, ...args] = command as [string];
  return new Promise((resolve, reject) => {
    // Some of its programs are in /usr/sbin, which is not on everybody's path.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
    let now = "start";
    let since = Date.now();
    const heartbeat = setInterval(
      () => log(`image: ${now}, ${Math.round((Date.now() - since) / 1000)} s`),
      HEARTBEAT * 1000,
    );
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (!line.startsWith("step: ")) return complaints.push(line);
      now = line.slice("step: ".length);
      since = Date.now();
      return log(`image: ${now}`);
    });
    child.once("error", (error) => {
      clearInterval(heartbeat);
      reject(new ImageError(`${program} cannot be run: ${error.message}`, "see that it is there and executable"));
    });
    child.once("close", (code) => {
      clearInterval(heartbeat);
      if (code === 0) resolve(output);
      else reject(failure(now, complaints, code, log));
    });
  });
}

/** build.sh ends with one line for people; where a program under it failed by itself, its last line has to do. */
function failure(step: string, complaints: string[], code: number | null, log: (line: string) => void): ImageError {
  const own = complaints.filter((line) => line.startsWith("image: ")).at(-1);
  for (const line of complaints) if (line !== own) log(line);
  if (own !== undefined) {
    const [what, ...remedy] = own.slice("image: ".length).split("; ");
    return new ImageError(what as string, remedy.join("; ") || "mend that, then run this again");
  }
  const reason = complaints.filter((line) => /^E:|error|cannot|No space/i.test(line)).at(-1) ?? complaints.at(-1);
  return new ImageError(
    `the image could not be built, at step "${step}": ${reason ?? `exit ${code}`}`,
    "mend that, then run this again",
  );
}
