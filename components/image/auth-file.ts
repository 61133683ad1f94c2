import { readFileSync } from "node:fs";
import { ImageError } from "./errors";
import type { Repository } from "./reference";

/**
 * The credentials for a repository in a file of the form containers-auth.json(5), as the Authorization header `Basic` carries
 * them; null where the file has none. The entry with the longest matching path counts, as for podman.
 */
export function basicCredentials(file: string, repository: Repository): string | null {
  const auths = readAuths(file);
  const parts = [repository.registry, ...repository.name.split("/")];
  for (let length = parts.length; length > 0; length--) {
    const found = auths[parts.slice(0, length).join("/")]?.auth;
    if (found !== undefined && found !== "") return found;
  }
  return null;
}

function readAuths(file: string): Record<string, { auth?: string } | undefined> {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { auths?: Record<string, { auth?: string }> }).auths ?? {};
  } catch (error) {
    throw new ImageError(
      `the file with the registry's credentials cannot be read: ${(error as Error).message.split("\n")[0]}`,
      "write it with `podman login --authfile FILE REGISTRY`, or leave authFile out",
    );
  }
}
