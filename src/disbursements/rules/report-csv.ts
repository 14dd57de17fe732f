import { byteOrderMark, csvLine } from '#platform/rules/write-csv.ts';
import { causeTexts } from './causes.ts';

/** What of a line stands in the report for the agency. */
export interface ReportLine {
  readonly lineNo: number;
  readonly state: string;
  readonly cause: string | null;
  readonly amountFen: bigint | null;
  readonly nameMasked: string | null;
  readonly cardTail: string | null;
  readonly paidOn: string | null;
}

/** The first line, behind a byte order mark. */
export const reportHeader = `${byteOrderMark}${csvLine([
  'line',
  'state',
  'cause',
  '原因',
  'causeEn',
  'amount',
  'name',
  'cardTail',
  'paidOn',
])}`;

/** One line of the report: amounts in fen, the cause as code and in both languages. */
export function reportLine(line: ReportLine): string {
  const texts = line.cause === null ? { zh: '', en: '' } : causeTexts(line.cause);
  return csvLine([
    line.lineNo,
    line.state,
    line.cause ?? '',
    texts.zh,
    texts.en,
    line.amountFen ?? '',
    line.nameMasked ?? '',
    line.cardTail ?? '',
    line.paidOn ?? '',
  ]);
}
