import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, loadAll, Type, YAMLException } from "js-yaml";
import { resourcesOfManifest } from "../../policies/check/manifest";
import { type CheckedResource, placeText } from "../../policies/check/resource";
import { resourcesOfState } from "../../policies/check/state";
import { CommandLineError } from "./errors";

/** What a path has for the rules. */
export interface Judgeable {
  readonly resources: readonly CheckedResource[];
  /** Documents that are no objects of a cluster. */
  readonly skipped: readonly string[];
}

/** A saved state, a file of manifests, a folder of them with all that is below it, or `-` for standard input. */
export function readJudgeable(path: string): Judgeable {
  const files = path === "-" ? ["-"] : filesOf(path);
  const read = files.map(readFile);
  const resources = read.flatMap((one) => one.resources);
  const isState = read.some((one) => one.isState);
  if (resources.length === 0 && !isState)
    throw new CommandLineError(
      `${path} has nothing to judge`,
      "name a state from `pulumi stack export`, or Kubernetes manifests (.yaml, .yml, .json)",
    );
  return { resources, skipped: read.flatMap((one) => one.skipped) };
}

function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inner = join(path, entry.name);
        if (entry.isDirectory()) return filesOf(inner);
        return /\.(ya?ml|json)$/i.test(entry.name) ? [inner] : [];
      });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readFile(file: string): Judgeable & { readonly isState: boolean } {
  const documents = parsed(textOf(file), file);
  const [first] = documents;
  const state = documents.length === 1 ? stateOf(first, file) : null;
  if (state !== null) return { resources: state, skipped: [], isState: true };
  const places = documents.map((document, at) => ({ document, place: { file, document: at + 1 } }));
  const given = places.filter(({ document }) => document !== null && document !== undefined);
  const read = given.map((one) => ({ ...one, resources: resourcesOfManifest(one.document, one.place) }));
  return {
    resources: read.flatMap(({ resources }) => resources),
    skipped: read.filter(({ resources }) => resources.length === 0).map(({ place }) => placeText(place)),
    isState: false,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(path: string, error: unknown): CommandLineError {
  const { code } = error as NodeJS.ErrnoException;
  return new CommandLineError(`${path} cannot be read (${code})`, "name a saved state, a manifest or a folder");
}

// As Kubernetes reads it: no dates, which would be no texts any more, and `<<` merges.
const merge = new Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (text: unknown) => text === "<<" });
const schema = CORE_SCHEMA.extend({ implicit: [merge] });

function parsed(text: string, file: string): unknown[] {
  // A state of megabytes is read a hundred times as fast as JSON.
  const json = text.trimStart().startsWith("{") ? jsonOf(text) : undefined;
  if (json !== undefined) return [json];
  try {
    const documents = loadAll(text, null, { schema });
    const template = documents.findIndex((document) => isTemplate(document));
    if (template < 0) return documents;
    throw new CommandLineError(`${file}, document ${template + 1} is a template: it has {{ }} for a value`, rendered);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new CommandLineError(`${file}, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`, rendered);
  }
}

const rendered = "give what is rendered: `helm template` and `kubectl kustomize` write it";

/** `{{ .Values.name }}` is a mapping in YAML, whose key is a mapping; js-yaml has this name for one. */
function isTemplate(document: unknown): boolean {
  const seen = new Set<object>(); // an alias may name what it stands in
  const has = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    return Object.keys(value).includes("[object Object]") || Object.values(value).some(has);
  };
  return has(document);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // YAML may begin so too
  }
}

function stateOf(document: unknown, file: string): CheckedResource[] | null {
  try {
    return resourcesOfState(document, file);
  } catch (error) {
    throw new CommandLineError(
      `${file} is no whole state: ${(error as Error).message}`,
      "give what `pulumi stack export` writes",
    );
  }
}
