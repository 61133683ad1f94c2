import { ImageError } from "./errors";

/** Where images of one name lie: `127.0.0.1:22400/pantheon-node`. */
export interface Repository {
  /** Host, and port where it is not the usual one. */
  registry: string;
  name: string;
}

/** One image for ever: `127.0.0.1:22400/pantheon-node@sha256:…`. */
export interface Reference extends Repository {
  /** `sha256:` and 64 hexadecimal digits: the hash of the image's manifest. */
  digest: string;
}

// The grammar of the OCI distribution specification. A registry is told from a part of a name by its dot or port, as podman does.
const REGISTRY = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|(?:localhost|[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5})$/i;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const FORM = "REGISTRY/NAME, as in registry.example:5000/pantheon-node";

/** Reads `REGISTRY/NAME`; fails on anything else with what to do. */
export function parseRepository(text: string): Repository {
  const slash = text.indexOf("/");
  const registry = text.slice(0, Math.max(slash, 0));
  const name = text.slice(slash + 1);
  if (/[@:]/.test(name))
    throw new ImageError(`${text} names one image, a repository is wanted`, `leave out what follows the name: ${FORM}`);
  if (!REGISTRY.test(registry))
    throw new ImageError(`${text} names no registry`, `give its host, with a dot or a port in it: ${FORM}`);
  if (!NAME.test(name)) {
    throw new ImageError(
      `${text} is no name of a repository`,
      `use lower-case letters, digits, and single . _ - / between them: ${FORM}`,
    );
  }
  return { registry, name };
}

/** Reads `REGISTRY/NAME@sha256:…`. A tag is refused, alone and with a digest: it may name another image tomorrow. */
export function parseReference(text: string): Reference {
  const [place = "", digest, ...rest] = text.split("@");
  const tag = /:([^/:]+)$/.exec(place.slice(place.indexOf("/") + 1))?.[1];
  if (digest === undefined || rest.length > 0) {
    const found = tag === undefined ? "has no digest" : `has a tag (${tag}) and no digest`;
    throw new ImageError(
      `${text} ${found}`,
      "name the image by its digest, as REGISTRY/NAME@sha256:…, which a push prints",
    );
  }
  if (tag !== undefined)
    throw new ImageError(`${text} has a tag (${tag}) beside its digest`, "leave the tag out: the digest says it all");
  return { ...parseRepository(place), digest: parseDigest(digest) };
}

export function parseDigest(text: string): string {
  if (DIGEST.test(text)) return text;
  throw new ImageError(`${text} is no digest`, "give sha256: and 64 hexadecimal digits in lower case");
}

export function repositoryText(repository: Repository): string {
  return `${repository.registry}/${repository.name}`;
}

export function referenceText(reference: Reference): string {
  return `${repositoryText(reference)}@${reference.digest}`;
}
