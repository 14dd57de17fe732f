import type { PayeeCard } from '#cards/people/find-payees.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { DisbursementParts } from './ports.ts';
import type { FileCause } from './rules/causes.ts';
import { readFileLine } from './rules/file-text.ts';
import { judgePayee, judgeText, type ReadLine } from './rules/judge-line.ts';

/** So many lines are judged and written at a time: some milliseconds of work, so that terminals do not wait. */
export const linesAtOnce = 500;

/** Where the lines of a file belong, and what they are held to. */
export interface FilePlace {
  readonly batchId: bigint;
  readonly programme: string;
  readonly period: string;
  readonly perLineMaxFen: bigint;
}

/** A line as it is kept. */
export interface JudgedLine {
  readonly lineNo: number;
  readonly amountFen: bigint | null;
  readonly cause: FileCause | null;
  readonly idDigestHex: string | null;
  readonly nameSealed: Buffer | null;
  readonly payee: PayeeCard | undefined;
}

/** A line of a file and the place it has in its batch. */
export interface PlacedLine {
  readonly lineNo: number;
  readonly text: string;
}

// Looked up one by one by the index: joined, a table that nobody has analysed yet would be read from end to end.
const claimed: Statement = {
  name: 'disbursements-claimed',
  text: `select encode(l.claim, 'hex') from unnest($3::text[]) k(digest)
    cross join lateral (select claim from disbursements.lines
      where claim = decode(k.digest, 'hex') and programme = $1 and period = $2 offset 0) l`,
};

/** Judges some lines: a cause for each that cannot be paid. Whoever has a good line claims the person's turn. */
export async function judgeLines(
  session: Session,
  parts: DisbursementParts,
  { place, lines }: { readonly place: FilePlace; readonly lines: readonly PlacedLine[] },
): Promise<JudgedLine[]> {
  const { checkIdNumber, secrets } = parts;
  const terms = { checkIdNumber, perLineMaxFen: place.perLineMaxFen };
  const read = lines.map(({ lineNo, text }) => judgeText(readFileLine(text), lineNo, terms));
  const digests = read.map(({ said }) =>
    said === null ? null : secrets.personDigest(said.idNumber).toString('hex'),
  );
  const wanted = [...new Set(digests.filter((digest, i) => digest !== null && read[i]?.cause === null))];
  const asked = wanted as string[];
  const payees = asked.length === 0 ? new Map<string, PayeeCard>() : await parts.findPayees(session, asked);
  const found = await session.run(claimed, [place.programme, place.period, codeColumn(asked, (one) => one)]);
  const taken = new Set(found.rows.map((row) => row[0] as string));
  return read.map((line, i) => {
    const idDigestHex = digests[i] ?? null;
    const payee = idDigestHex === null ? undefined : payees.get(idDigestHex);
    const cause = causeOf(line, payee, { idDigestHex, taken });
    if (cause === null && idDigestHex !== null) taken.add(idDigestHex);
    const { lineNo, said, amountFen } = line;
    const nameSealed = said === null ? null : secrets.sealPersonal(said.name);
    return { lineNo, amountFen, cause, idDigestHex, nameSealed, payee };
  });
}

function causeOf(
  { cause, said }: ReadLine,
  payee: PayeeCard | undefined,
  person: { readonly idDigestHex: string | null; readonly taken: ReadonlySet<string> },
): FileCause | null {
  if (cause !== null || said === null) return cause ?? 'line-malformed';
  return judgePayee(said.name, payee, person.taken.has(person.idDigestHex ?? ''));
}

/** The columns of judged lines, as both who inserts and who corrects write them: number 1 to 9. */
export function lineColumns(lines: readonly JudgedLine[]): string[] {
  const hex = (sealed: Buffer | null) => sealed?.toString('hex') ?? null;
  return [
    numberColumn(lines, (line) => line.lineNo),
    codeColumn(lines, (line) => (line.cause === null ? 'ready' : 'failed')),
    codeColumn(lines, (line) => line.cause),
    numberColumn(lines, (line) => line.amountFen),
    codeColumn(lines, (line) => line.idDigestHex),
    codeColumn(lines, (line) => hex(line.nameSealed)),
    numberColumn(lines, (line) => line.payee?.cardAccountId ?? null),
    numberColumn(lines, (line) => line.payee?.cardId ?? null),
    textColumn(lines, (line) => line.payee?.cardTail ?? null),
  ];
}

/** How `lineColumns` are read back, from parameter `$first` on. */
export function lineRows(first: number): string {
  const types = ['int', 'text', 'text', 'bigint', 'text', 'text', 'bigint', 'bigint', 'text'];
  const columns = types.map((type, i) => `$${first + i}::${type}[]`).join(', ');
  return `unnest(${columns}) n(line_no, state, cause, amount_fen, digest, name, card_account_id, card_id, tail)`;
}
