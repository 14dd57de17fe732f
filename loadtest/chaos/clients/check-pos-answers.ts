import { type PosRefusal, responseCode } from '#channels/pos/response-codes.ts';
import { retrievalNumber } from '#channels/pos/rules/retrieval-number.ts';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { addDays, hainanDay } from '#platform/calendar.ts';
import type { PosKind } from '#testing/pos/terminal-state.ts';
import type { AnswerFindings } from './check-answers.ts';
import { nameOf, type PosNotebook, type PosPage, type Told } from './pos/pos-notebook.ts';
import { undone } from './pos/see-through.ts';
import { type Booked, batchName, type OutcomeRow } from './told/booked.ts';
import type { Final, Kind, Moved, Page, Sent } from './told/page.ts';

/** What the books were found to hold against what the terminals were told. */
export interface PosFindings extends AnswerFindings {
  /** Of what was never answered, and taken back. */
  readonly takenBack: number;
  /** What came of it by the books, for the checks of the purses; that it is what was told is checked here. */
  readonly pages: readonly Page[];
}

/**
 * Every answer is in the books exactly once as it was told; what was not answered was taken back, and then the books
 * stand as if it had never been.
 */
export function checkPosAnswers(booked: Booked, notebook: PosNotebook): PosFindings {
  const problems = [...notebook.contradictions];
  const keys = new Set<string>();
  const pages = new Map<PosPage, Page>();
  const reversals: Page[] = [];
  const counts = { lost: 0, doubled: 0 };
  for (const page of notebook.pages) {
    const of = factsOf(booked, page);
    const judged = judgePage(booked, page, of);
    for (const key of judged.keys) keys.add(key);
    counts.lost += judged.lost;
    counts.doubled += judged.doubled;
    problems.push(...judged.wrong.map((what) => `${nameOf(page)}: ${what}`));
    const original = page.original === null ? null : (pages.get(page.original) ?? null);
    const asPage = pageOf(booked, page, { ...of, original });
    pages.set(page, asPage);
    const [row] = of.reversalRows;
    if (row !== undefined) reversals.push(reversalPage(booked, asPage, row));
  }
  const told = notebook.pages.filter((page) => page.told !== null);
  const takenBack = notebook.pages.filter((page) => page.told === null && isTakenBack(page)).length;
  const strangers = [...booked.outcomes.keys()].filter((key) => !keys.has(key));
  counts.doubled += strangers.length;
  problems.push(...strangers.map((key) => `an outcome under ${key}, which no terminal sent`));
  return {
    answered: told.length + takenBack,
    approved: told.filter((page) => page.told?.code === '00').length,
    takenBack,
    ...counts,
    problems,
    pages: [...[...pages.values()].filter((page) => page.final !== null), ...reversals],
  };
}

/** What is wrong with a page, and the keys that it explains. */
function judgePage(booked: Booked, page: PosPage, of: Facts) {
  const waiting = waitingElsewhere(booked, page, of);
  const wrong = wrongWith(booked, page, of);
  const isDoubled = of.rows.length > 1 || of.reversalRows.length > 1 || waiting.wrong.length > 0;
  return {
    keys: [of.key, of.reversalKey, ...waiting.keys],
    wrong: [...wrong, ...waiting.wrong],
    lost: wrong.length > 0 ? 1 : 0,
    doubled: isDoubled ? 1 : 0,
  };
}

/** Where a page stands in the books. */
interface Facts {
  readonly trace: TraceKey;
  readonly localDate: string;
  readonly key: string;
  readonly reversalKey: string;
  readonly rows: readonly OutcomeRow[];
  readonly reversalRows: readonly OutcomeRow[];
}

function factsOf(booked: Booked, { terminalId, entry }: PosPage): Facts {
  const batchNumber = Number(entry.batch);
  // A message without a date is of the day on which its batch was opened.
  const opened = booked.openedOn.get(batchName(terminalId, batchNumber));
  const localDate = entry.fields[13] === undefined ? (opened ?? '2000-01-01') : entry.at.slice(0, 10);
  const trace: TraceKey = { terminalId, batchNumber, traceNumber: Number(entry.trace), localDate };
  const [key, back] = [businessKey(trace), reversalKey(trace)];
  const { outcomes } = booked;
  return {
    ...{ trace, localDate, key, reversalKey: back },
    rows: outcomes.get(key) ?? [],
    reversalRows: outcomes.get(back) ?? [],
  };
}

/** How long ago a reversal of this run may have come. */
const daysOfRun = 2;

/**
 * A reversal that does not find its original waits for it under each day that the original may have said. What is there
 * is a tombstone and the reversal that left it; anything that moved would be a payment that nobody sent.
 */
function waitingElsewhere(
  { outcomes, legs, openedOn }: Booked,
  { toldOfReversal }: PosPage,
  { trace, localDate }: Facts,
): { readonly keys: readonly string[]; readonly wrong: readonly string[] } {
  if (toldOfReversal === null) return { keys: [], wrong: [] };
  const today = hainanDay(Date.now());
  const days = new Set(Array.from({ length: daysOfRun + 1 }, (_, ago) => addDays(today, -ago)));
  days.add(openedOn.get(batchName(trace.terminalId, trace.batchNumber)) ?? today).delete(localDate);
  const names = [...days].map((day) => ({ ...trace, localDate: day }));
  const [originals, backs] = [names.map(businessKey), names.map(reversalKey)];
  const rowsOf = (keys: readonly string[]) => keys.flatMap((key) => outcomes.get(key) ?? []);
  const isBuried = rowsOf(originals).every(({ refusal }) => refusal === 'reversed-before-arrival');
  const isStill = rowsOf([...originals, ...backs]).every(({ id }) => (legs.get(id) ?? []).length === 0);
  const wrong = isBuried && isStill ? [] : ['something moved under a day that nobody said'];
  return { keys: [...originals, ...backs], wrong };
}

const isTakenBack = ({ toldOfReversal }: PosPage): boolean => undone.includes(toldOfReversal?.code ?? '');

function wrongWith(booked: Booked, page: PosPage, { rows, reversalRows }: Facts): string[] {
  const wrong: string[] = [];
  if (page.told !== null) wrong.push(...differences(page, page.told, rows));
  else if (!isTakenBack(page)) wrong.push('never answered, and not taken back');
  if (page.toldOfReversal !== null)
    wrong.push(...reversalDifferences(page.toldOfReversal, reversalRows).map((what) => `reversal: ${what}`));
  if (isTakenBack(page)) {
    const left = stillMoved(booked, [...rows, ...reversalRows]);
    if (left !== 0) wrong.push(`taken back, and ${left} fen of it still moved`);
  }
  return wrong;
}

function stillMoved({ legs }: Booked, rows: readonly OutcomeRow[]): number {
  const purses = new Map<string, number>();
  for (const { purse, amount } of rows.flatMap(({ id }) => legs.get(id) ?? []))
    purses.set(purse, (purses.get(purse) ?? 0) + amount);
  return [...purses.values()].reduce((sum, amount) => sum + Math.abs(amount), 0);
}

/** Voids name no amount of their own. */
const withoutAmount: readonly PosKind[] = ['void', 'cancel-hold', 'cancel-capture'];

function differences(page: PosPage, told: Told, rows: readonly OutcomeRow[]): string[] {
  const [row] = rows;
  if (row === undefined) return [`answered ${told.code}, and not in the books`];
  const { entry } = page;
  const own = retrievalNumber(BigInt(row.id));
  // What is declined may have the reference of its original, as it was sent.
  const refersBack = row.refusal !== null && told.rrn === entry.fields[37];
  const asked = withoutAmount.includes(entry.kind) ? null : Number(entry.amount);
  return unequal([
    ...commonPairs(told, row),
    ['reference', told.rrn, refersBack ? told.rrn : own],
    ['approval', told.approval, row.refusal === null ? own.slice(-6) : null],
    ['amount', asked, row.amountFen === null ? null : Number(row.amountFen)],
    ['entries', told.code === '00' ? 1 : 0, row.entries],
  ]);
}

function reversalDifferences(told: Told, rows: readonly OutcomeRow[]): string[] {
  const [row] = rows;
  if (row === undefined) return [`answered ${told.code}, and not in the books`];
  return unequal([...commonPairs(told, row), ['reference', told.rrn, retrievalNumber(BigInt(row.id))]]);
}

type Pair = readonly [what: string, told: unknown, inBooks: unknown];

function commonPairs(told: Told, row: OutcomeRow): Pair[] {
  const of = { version: 1987, messageClass: 'financial' } as const;
  return [
    ['code', told.code, responseCode(row.refusal as PosRefusal | null, of)],
    ['business day', told.businessDay, row.businessDate.slice(5).replace('-', '')],
    ['caller key', null, row.callerKey],
  ];
}

const unequal = (pairs: readonly Pair[]): string[] =>
  pairs
    .filter(([, told, inBooks]) => told !== inBooks)
    .map(([what, told, inBooks]) => `${what}: told ${told}, in the books ${inBooks}`);

/** As the checks of the purses know it: what a void gives back is a refund of all of it. */
const kinds: Readonly<Record<PosKind, Kind>> = {
  payment: 'payment',
  void: 'refund',
  refund: 'refund',
  // No story has these: of a difference the books alone say which way it went.
  adjustment: 'payment',
  tip: 'payment',
  authorise: 'authorise',
  'cancel-hold': 'void',
  capture: 'capture',
  'cancel-capture': 'refund',
};

function pageOf(
  booked: Booked,
  page: PosPage,
  { rows, localDate, original }: Facts & { readonly original: Page | null },
): Page {
  const { entry, terminalId, card } = page;
  const [row] = rows;
  const sent: Sent = {
    ...{ kind: kinds[entry.kind], card, original, final: true, sector: 'shops' },
    signer: { terminalId, key: '' },
    traceNumber: Number(entry.trace),
    localTime: `${localDate}T${entry.at.slice(11)}`,
    amountFen: Number(entry.amount),
    what: { path: '', idempotencyKey: nameOf(page), body: {} },
  };
  const { startedAtMs, attempts, acknowledgements, waitedMs } = page;
  const final = row === undefined ? null : finalOf(booked, row);
  return { sent, startedAtMs, attempts, acknowledgements, waitedMs, final };
}

function reversalPage(booked: Booked, original: Page, row: OutcomeRow): Page {
  const sent: Sent = { ...original.sent, kind: 'reversal', original };
  return { ...original, sent, final: finalOf(booked, row) };
}

function finalOf({ legs }: Booked, { id, refusal, businessDate, amountFen }: OutcomeRow): Final {
  const purses: readonly Moved[] = legs.get(id) ?? [];
  return { transactionId: `0-${id}`, refusal, businessDate, amount: Number(amountFen ?? 0), purses };
}
