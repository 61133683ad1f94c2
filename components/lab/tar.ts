/** A file or folder of an archive. */
export interface TarEntry {
  /** Relative, without a leading slash; a folder ends with one. */
  path: string;
  mode: number;
  uid: number;
  gid: number;
  /** Empty for a folder. */
  content: string | Buffer;
}

const BLOCK = 512;

/** A POSIX (ustar) archive of these entries. The same entries give the same bytes: every file is of 1970. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = typeof entry.content === "string" ? Buffer.from(entry.content, "utf8") : entry.content;
    return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(entry.path) > 100)
    throw new RangeError(`a path in the archive is at most 100 bytes: ${entry.path}`);
  block.write(entry.path, 0);
  writeOctal(block, 100, 8, entry.mode);
  writeOctal(block, 108, 8, entry.uid);
  writeOctal(block, 116, 8, entry.gid);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, 0);
  block.write(entry.path.endsWith("/") ? "5" : "0", 156);
  block.write("ustar\0" + "00", 257);
  // The checksum counts its own field as blanks.
  block.fill(" ", 148, 156);
  writeOctal(
    block,
    148,
    7,
    block.reduce((sum, byte) => sum + byte, 0),
  );
  return block;
}

function writeOctal(block: Buffer, at: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, length, "latin1");
}
