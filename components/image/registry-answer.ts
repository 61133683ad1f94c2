import { basicCredentials } from "./auth-file";
import { type Reference, referenceText } from "./reference";

/** Which image is looked for, and how its registry is spoken to. */
export interface Question {
  reference: Reference;
  plainHttp: boolean;
  /** File with credentials (containers-auth.json(5)); null: none. */
  authFile: string | null;
  /** Within which an answer counts. */
  seconds: number;
}

/** `unknown`: it did not answer, or not as registries do, for this reason. Then nothing may be concluded. */
export type Answer = { kind: "there" } | { kind: "missing" } | { kind: "unknown"; reason: string };

// Ours are of Docker's format; an image that exists may be of OCI's.
const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");

/** Asks a registry whether it has an image. Never fails. */
export async function askRegistry(question: Question): Promise<Answer> {
  try {
    return await judged(await manifest(question));
  } catch (error) {
    return { kind: "unknown", reason: reasonOf(error as Error, question.seconds) };
  }
}

async function manifest(question: Question): Promise<Response> {
  const { registry, name, digest } = question.reference;
  const url = `${question.plainHttp ? "http" : "https"}://${registry}/v2/${name}/manifests/${digest}`;
  const get = (authorization?: string) =>
    fetch(url, {
      headers: { accept: MANIFESTS, ...(authorization === undefined ? {} : { authorization }) },
      redirect: "error", // The credentials are this registry's alone.
      signal: AbortSignal.timeout(question.seconds * 1000),
    });
  const first = await get();
  if (first.status !== 401) return first;
  const authorization = await authorizationFor(first.headers.get("www-authenticate") ?? "", question);
  return authorization === null ? first : get(authorization);
}

/** What the registry's challenge asks for (RFC 7235; for Bearer the token protocol of distribution). Null: there is nothing to give. */
async function authorizationFor(challenge: string, question: Question): Promise<string | null> {
  const credentials = question.authFile === null ? null : basicCredentials(question.authFile, question.reference);
  const basic = credentials === null ? null : `Basic ${credentials}`;
  if (!/^bearer /i.test(challenge)) return basic;
  const parameter = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1];
  const realm = new URL(parameter("realm") ?? "");
  if (realm.protocol !== "https:" && !question.plainHttp) throw new Error(`its token server ${realm.host} has no TLS`);
  realm.searchParams.set("scope", `repository:${question.reference.name}:pull`);
  const service = parameter("service");
  if (service !== undefined) realm.searchParams.set("service", service);
  const answer = await fetch(realm, {
    headers: basic === null ? {} : { authorization: basic },
    redirect: "error",
    signal: AbortSignal.timeout(question.seconds * 1000),
  });
  if (!answer.ok) return null;
  const body = (await answer.json()) as { token?: string; access_token?: string };
  return `Bearer ${body.token ?? body.access_token}`;
}

/** A 404 counts only in a registry's own words: another program on that port has lost nothing. */
async function judged(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.status === 200) return { kind: "there" };
  if (response.status === 404 && /"(MANIFEST|NAME|BLOB)_UNKNOWN"/.test(text)) return { kind: "missing" };
  return { kind: "unknown", reason: `it answered ${response.status} ${response.statusText}`.trim() };
}

function reasonOf(error: Error, seconds: number): string {
  if (error.name === "TimeoutError") return `no answer within ${seconds} s`;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (cause?.code === "UND_ERR_SOCKET") return "it closed the connection";
  return cause?.code ?? cause?.message ?? error.message;
}

/** The line that a preview shows where the registry does not say. */
export function unknownLine(reference: Reference, reason: string): string {
  return (
    `registry ${reference.registry} does not say whether it has ${referenceText(reference)}: ${reason}; ` +
    "nothing is changed by that, and nodes that run are unharmed"
  );
}
