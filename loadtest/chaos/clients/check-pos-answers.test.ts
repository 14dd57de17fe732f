import { describe, expect, test } from 'vitest';
import { retrievalNumber } from '#channels/pos/rules/retrieval-number.ts';
import { businessKey, reversalKey } from '#idempotency/rules/keys.ts';
import type { Entry } from '#testing/pos/terminal-state.ts';
import { checkPosAnswers } from './check-pos-answers.ts';
import { openPosNotebook, type Told } from './pos/pos-notebook.ts';
import { type Booked, batchName, type OutcomeRow } from './told/booked.ts';

const terminalId = 1_000_012;
const trace = { terminalId, batchNumber: 3, traceNumber: 42, localDate: '2026-11-25' };
const entry: Entry = {
  ...{ kind: 'payment', trace: '000042', batch: '000003', amount: '000000000100', fields: {} },
  ...{ cardNumber: '9460000000000000', at: '2026-11-26 00:10:00' },
  ...{ code: null, rrn: null, approval: null, reversal: null },
};
const id = 123_456_789_012_345n;
const told: Told = {
  code: '00',
  rrn: retrievalNumber(id),
  approval: retrievalNumber(id).slice(-6),
  businessDay: '1125',
};
const reversed: Told = {
  ...told,
  rrn: retrievalNumber(id + 1n),
  approval: retrievalNumber(id + 1n).slice(-6),
};

const row = (over: Partial<OutcomeRow> = {}): OutcomeRow => ({
  ...{ callerKey: null, id: String(id), amountFen: '100', refusal: null, kind: 1 },
  ...{ businessDate: '2026-11-25', entries: 1, ...over },
});
const legs = (fen: number) => [{ purse: 'online', amount: fen, balance: 0 }];

interface Case {
  readonly rows?: readonly OutcomeRow[];
  readonly reversals?: readonly OutcomeRow[];
  readonly moved?: Booked['legs'];
  readonly told?: Told | null;
  readonly toldOfReversal?: Told | null;
}

function check(of: Case) {
  const notebook = openPosNotebook();
  const page = notebook.open({ terminalId, card: 0, original: null, entry });
  page.told = of.told === undefined ? told : of.told;
  page.toldOfReversal = of.toldOfReversal ?? null;
  const booked: Booked = {
    outcomes: new Map([
      [businessKey(trace), of.rows ?? []],
      [reversalKey(trace), of.reversals ?? []],
    ]),
    legs: of.moved ?? new Map([[String(id), legs(-100)]]),
    // The batch was opened on the day before, and the message says no date.
    openedOn: new Map([[batchName(terminalId, 3), '2026-11-25']]),
  };
  return checkPosAnswers(booked, notebook);
}

const back = row({ id: String(id + 1n), kind: 7 });
const undone = new Map([
  [String(id), legs(-100)],
  [String(id + 1n), legs(100)],
]);

describe('what terminals were told over TCP is held against the books', () => {
  test('an answer that is in the books once, as it was told, is right', () => {
    expect(check({ rows: [row()] })).toMatchObject({
      answered: 1,
      approved: 1,
      lost: 0,
      doubled: 0,
      problems: [],
    });
  });

  test.for([
    ['that is not there is lost', {}, 'not in the books'],
    [
      'of another code',
      { rows: [row({ refusal: 'insufficient-funds', entries: 0 })] },
      'code: told 00, in the books 51',
    ],
    ['of another amount', { rows: [row({ amountFen: '101' })] }, 'amount: told 100, in the books 101'],
    ['of another id', { rows: [row({ id: String(id + 5n) })] }, 'reference'],
    ['of another day', { rows: [row({ businessDate: '2026-11-26' })] }, 'business day'],
    ['under a caller’s key', { rows: [row({ callerKey: 'x' })] }, 'caller key'],
    ['without its entry', { rows: [row({ entries: 0 })] }, 'entries'],
    ['that never came, of what was not taken back either', { told: null, rows: [row()] }, 'never answered'],
    ['to a reversal that is not there', { rows: [row()], toldOfReversal: reversed }, 'reversal: answered 00'],
    [
      'to a reversal after which money still moved',
      { rows: [row()], reversals: [back], toldOfReversal: reversed },
      '100 fen',
    ],
  ] as const)('an answer %s', ([, of, problem]) => {
    const found = check(of);
    expect(found.lost).toBe(1);
    expect(found.problems.join('\n')).toContain(problem);
  });

  test('two outcomes of one message are doubled', () => {
    expect(check({ rows: [row(), row()] }).doubled).toBe(1);
  });

  test('what was never answered and taken back is right, whether or not it had come', () => {
    const unheard = { told: null, toldOfReversal: reversed };
    const came = check({ ...unheard, rows: [row()], reversals: [back], moved: undone });
    expect(came).toMatchObject({ answered: 1, approved: 0, takenBack: 1, lost: 0, problems: [] });
    expect(came.pages.map(({ sent }) => sent.kind)).toEqual(['payment', 'reversal']);
    const tombstone = row({ refusal: 'reversed-before-arrival', entries: 0 });
    const early = check({ ...unheard, rows: [tombstone], reversals: [back], moved: new Map() });
    expect(early).toMatchObject({ takenBack: 1, lost: 0, problems: [] });
  });

  test('two answers that differ contradict each other', () => {
    const notebook = openPosNotebook();
    const page = notebook.open({ terminalId, card: 0, original: null, entry });
    for (const code of ['00', '51']) notebook.acknowledge(page, 'request', { code, fields: {} });
    expect(notebook.contradictions).toHaveLength(1);
  });
});
