import { gunzipSync } from "node:zlib";

// What AWS takes is 16 KiB; a text that unpacks to more than this is left as it is.
const mostBytes = 1 << 20;

// Packed, a shorter text holds nothing that a rule looks for.
const least = 20;

// MIME parts of cloud-init, and files within those.
const depth = 3;

/**
 * User data as a machine reads it: out of base64 and gzip, with the texts that stand in base64 within it (parts and files of
 * cloud-init) below.
 */
export function decoded(text: string): string {
  return text.length < least ? text : expanded(unpacked(text) ?? text, depth);
}

function expanded(text: string, levels: number): string {
  if (levels === 0) return text;
  const inner = [...text.matchAll(base64)].flatMap(([found]) => unpacked(found) ?? []);
  return [text, ...inner.map((one) => expanded(one, levels - 1))].join("\n");
}

// Lines of base64 without a blank within.
const base64 = new RegExp(`[A-Za-z0-9+/]{${least},}(?:\\r?\\n[ \\t]*[A-Za-z0-9+/]{4,})*={0,2}`, "g");

// The first three bytes of gzip, in base64 (RFC 1952: its mark, and the one method that there is).
const gzip = "H4sI";

// What no file of texts has: control characters but tab and line ends, and what was no UTF-8.
const noText = /(?![\t\n\r])[\p{Cc}\ufffd]/u;

/** Null where it is no base64 of a text. */
function unpacked(text: string): string | null {
  const packed = text.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return null;
  const bytes = Buffer.from(packed, "base64");
  const found = (packed.startsWith(gzip) ? gunzipped(bytes) : bytes).toString("utf8");
  return noText.test(found) ? null : found;
}

function gunzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return bytes; // broken, or too large
  }
}

/** Lines of a script as a shell sees them: continued ones together, comments out. */
export function linesOf(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .filter((line) => !/^\s*#(?!!)/.test(line));
}
