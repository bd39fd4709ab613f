/** Columns of equal width, a line for each row. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) => `  ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join("  ")}`.trimEnd());
}
