/** Stands first in a file: without it spreadsheets read Chinese in the system's old code page. */
export const byteOrderMark = '\uFEFF';

/** One line of RFC 4180: cells that need it are quoted, quotes doubled, CR LF at the end. */
export function csvLine(cells: readonly (string | number | bigint)[]): string {
  return `${cells.map((cell) => quoted(disarmed(String(cell)))).join(',')}\r\n`;
}

/** What begins like this is run as a formula by some spreadsheet, also in its full-width form, also after blanks. */
const formula = /^\s*[=+\-@＝＋－＠|]|^[\t\r\n]/;
const plainNumber = /^-?\d+(\.\d+)?$/;

function disarmed(text: string): string {
  return formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
