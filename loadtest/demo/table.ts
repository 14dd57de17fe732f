/** A plain table for a terminal; amounts stand to the right. Chinese characters take two places. A row's notes stand below it. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (readonly string[])[] = [],
): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => width(row[i] ?? ''))));
  const lines = all.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((w) => '─'.repeat(w)).join('──');
  const noted = lines.slice(1).flatMap((line, i) => [line, ...(notes[i] ?? []).map((note) => `    ${note}`)]);
  return [lines[0], rule, ...noted].map((line) => `  ${line}`).join('\n');
}

const isAmount = (cell: string) => /^-?¥/.test(cell);

function padded(cell: string, to: number): string {
  const space = ' '.repeat(Math.max(0, to - width(cell)));
  return isAmount(cell) ? space + cell : cell + space;
}

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[\u2e80-\uffee]/u.test(character) ? 2 : 1), 0);
}
