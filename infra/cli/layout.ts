/** Columns as wide as their widest line; a cell is a list of lines. A rule under the header. */
export function layout(rows: string[][][]): string {
  const [header, ...others] = columns(rows);
  const widths = widthsOf(rows);
  return [header ?? "", widths.map((width) => "-".repeat(width)).join("  "), ...others].join("\n");
}

/** The same without header and rule. */
export function columns(rows: string[][][]): string[] {
  const widths = widthsOf(rows);
  return rows.flatMap((row) => {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((cell, column) => (cell[line] ?? "").padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  });
}

/** Breaks a text into lines at its blanks. A word that is longer than a line has one of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function widthsOf(rows: string[][][]): number[] {
  return (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Math.max(0, ...(row[column] ?? []).map((line) => line.length)))),
  );
}
