import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One place that apt takes packages from. */
export interface AptSource {
  uri: string;
  suite: string;
}

/** Reads a file of apt's sources: lines (`deb URI SUITE main`) for `.list`, paragraphs (deb822) for `.sources`. */
export function parseSources(name: string, text: string): AptSource[] {
  return name.endsWith(".sources") ? parseParagraphs(text) : parseLines(text);
}

/** All sources of this machine that are in use. */
export function readSources(folder = "/etc/apt"): AptSource[] {
  const parts = join(folder, "sources.list.d");
  const files = [join(folder, "sources.list"), ...namesIn(parts).map((name) => join(parts, name))];
  return files.filter((file) => /\.(list|sources)$/.test(file)).flatMap((file) => parseSources(file, textOf(file)));
}

/** Where this machine takes the suite from; null where it does not. A mirror that people chose is used for all we fetch. */
export function mirrorOf(sources: readonly AptSource[], suite: string): string | null {
  return sources.find((source) => source.suite === suite && /^https?:/.test(source.uri))?.uri ?? null;
}

function parseLines(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    return match ? [{ uri: match[1] as string, suite: match[2] as string }] : [];
  });
}

function parseParagraphs(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string): string[] => {
      const match = new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, "im").exec(paragraph);
      return (match?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
    };
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    return field("URIs").flatMap((uri) => field("Suites").map((suite) => ({ uri, suite })));
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
