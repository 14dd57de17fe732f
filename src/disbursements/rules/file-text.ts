import { parseCsvLine } from '#platform/rules/read-csv.ts';
import { byteOrderMark } from '#platform/rules/write-csv.ts';

export const fileLinesMax = 100_000;
export const fileBytesMax = 8 * 1024 * 1024;
export const fileHeader = 'line,idNumber,name,amount';

/** Why a file is not taken in at all. */
export type FileRefusal = 'file-not-text' | 'file-header-wrong' | 'file-empty' | 'file-too-long';

/** The lines of a file after its header, or why it is none. An empty last line is none; others are judged. */
export function fileLines(bytes: Buffer): string[] | FileRefusal {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return 'file-not-text';
  }
  const all = (text.startsWith(byteOrderMark) ? text.slice(1) : text).split(/\r?\n/);
  if (all.at(-1) === '') all.pop();
  const [header, ...lines] = all;
  if (header !== fileHeader) return 'file-header-wrong';
  if (lines.length === 0) return 'file-empty';
  return lines.length > fileLinesMax ? 'file-too-long' : lines;
}

/** A line as it stands in the file; what is no text of ours is null. */
export interface FileLine {
  readonly lineNo: number | null;
  readonly idNumber: string;
  readonly name: string;
  readonly amount: string;
}

const nameLengthMax = 64;
const lineNoPattern = /^[1-9]\d{0,5}$/;
const controls = /\p{Cc}/u;

/** The four fields of a line, blanks around them taken off; null for a line that has not four. */
export function readFileLine(line: string): FileLine | null {
  const cells = parseCsvLine(line);
  if (cells === null || cells.length !== 4) return null;
  const [lineNo = '', idNumber = '', name = '', amount = ''] = cells.map((cell) => cell.trim());
  if (name === '' || name.length > nameLengthMax || controls.test(name)) return null;
  return {
    lineNo: lineNoPattern.test(lineNo) ? Number(lineNo) : null,
    idNumber: idNumber.toUpperCase(),
    name,
    amount,
  };
}
