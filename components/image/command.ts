import { buildImage } from "./build";
import type { BuildSpec } from "./build-command";
import { ImageError } from "./errors";
import { forgetPushed, pushedFile } from "./pushed";

/**
 * The command that the image's resource runs: `command VERB`, with its values in the environment variable IMAGE_SPEC, as the
 * command provider passes them. Standard output is the digest and nothing else; what is said to people goes to standard error.
 */
async function main(verb: string | undefined): Promise<string> {
  const spec = specOf(process.env.IMAGE_SPEC);
  if (verb === "build") return `${await buildImage(spec, say)}\n`;
  // The image itself stays where it was pushed: nodes may run it, and only the registry's owner knows who else does.
  if (verb === "forget") forgetPushed(pushedFile(spec));
  else throw new ImageError(`there is no verb ${verb}`, "use build or forget");
  return "";
}

function specOf(text: string | undefined): BuildSpec {
  if (text === undefined || text === "")
    throw new ImageError("IMAGE_SPEC is not set", "run this through the image's resource");
  return JSON.parse(text) as BuildSpec;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main(process.argv[2]).then(
  (output) => process.stdout.write(output),
  (error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    process.stderr.write(`image: ${error.message}\n`);
    process.exitCode = 1;
  },
);
