import { gunzipSync } from "node:zlib";

// What AWS takes is 16 KiB; a text that unpacks to more than this is left as it is.
const mostBytes = 1 << 20;

// MIME parts of cloud-init, and files within those.
const depth = 3;

/**
 * User data as a machine reads it: out of base64 and gzip, with the texts that stand in base64 within it (parts and files of
 * cloud-init) below.
 */
export function decoded(text: string): string {
  return expanded(unpacked(text) ?? text, depth);
}

function expanded(text: string, levels: number): string {
  if (levels === 0) return text;
  const inner = [...text.matchAll(base64)].flatMap(([found]) => unpacked(found) ?? []);
  return [text, ...inner.map((one) => expanded(one, levels - 1))].join("\n");
}

// Lines of base64 without a blank within; what is shorter holds nothing that a rule looks for.
const base64 = /[A-Za-z0-9+/]{20,}(?:\r?\n[ \t]*[A-Za-z0-9+/]{4,})*={0,2}/g;

/** Null where it is no base64 of a text. */
function unpacked(text: string): string | null {
  const packed = text.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return null;
  const bytes = gunzipped(Buffer.from(packed, "base64"));
  const found = bytes.toString("utf8");
  return [...found].every(isText) ? found : null;
}

/** A letter of a text file: no control character but tab and line ends, and nothing that was no UTF-8. */
function isText(letter: string): boolean {
  return letter >= " " ? letter !== "\u007f" && letter !== "\ufffd" : "\t\n\r".includes(letter);
}

function gunzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return bytes; // no gzip
  }
}

/** Lines of a script as a shell sees them: continued ones together, comments out. */
export function linesOf(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .filter((line) => !/^\s*#(?!!)/.test(line));
}
