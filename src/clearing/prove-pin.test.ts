import { expect, test } from 'vitest';
import { openJudgedPins } from '#access/judged-pins.ts';
import type { PackedKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import type { Session } from '#platform/postgres.ts';
import { cardRef } from '#testing/town.ts';
import { provePin } from './prove-pin.ts';
import type { Request } from './request.ts';

const right = Buffer.alloc(16, 1);
const request: Request = {
  kind: 'payment',
  sector: 'shops',
  callerKey: null,
  businessKey: 'a business key' as PackedKey,
  card: cardRef(1),
  terminalId: 1,
  batchNumber: 1,
  amountFen: fen(2_000n),
  localTime: '2026-11-22 08:30:00',
  original: null,
  detail: {},
  final: false,
};

/** A database that has decided nothing, and knows one PIN. */
function openProof() {
  const tries: string[] = [];
  const session: Session = {
    run: async (statement, values = []) => {
      if (statement.name !== 'access-check-pin') return { rows: [], rowCount: 0 };
      tries.push(String(values[2]));
      return { rows: [[values[2] === right.toString('hex'), true]], rowCount: 1 };
    },
  };
  const parts = { session, judgedPins: openJudgedPins(() => 0) };
  const prove = (envelope: string, check: Buffer | null) =>
    provePin(parts, request, { envelope, check: () => check });
  return { prove, tries };
}

test('a request says what its PIN proved', async () => {
  const { prove } = openProof();
  expect(await prove('a', right)).toEqual({ ...request, pin: 'right' });
  expect(await prove('b', Buffer.alloc(16, 2))).toEqual({ ...request, pin: 'pin-wrong' });
});

test('a PIN that does not open is no try', async () => {
  const { prove, tries } = openProof();
  expect(await prove('a', null)).toBe('pin-block-invalid');
  expect(tries).toEqual([]);
});

test('a wrong PIN that was typed once is one try, however often it is sent', async () => {
  const { prove, tries } = openProof();
  for (let times = 0; times < 3; times++) await prove('a', Buffer.alloc(16, 2));
  expect(tries).toHaveLength(1);
});
