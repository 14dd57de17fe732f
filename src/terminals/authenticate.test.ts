import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TerminalGate, terminalGate } from './authenticate.ts';
import { type SignedRequest, signatureWindowMs, signRequest } from './rules/signature.ts';
import type { Terminal } from './store.ts';

const nowMs = 1_795_000_000_000;
const keyOf = (id: number) => Buffer.alloc(32, id);
const terminalOf = (id: number, keySealed = keyOf(id)): Terminal => ({
  id,
  participantId: 1,
  sector: 'shops',
  allowedKinds: ['payment'],
  batchNumber: 1,
  batchOpenedOn: '2026-11-22',
  active: true,
  keySealed,
});

interface Opened {
  readonly gate: TerminalGate;
  readonly terminals: Map<number, Terminal>;
  readonly opened: Buffer[];
  now: number;
}

function openGate(): Opened {
  const terminals = new Map([1, 2].map((id) => [id, terminalOf(id)]));
  const opened: Buffer[] = [];
  const open = (sealed: Buffer) => {
    opened.push(sealed);
    return sealed;
  };
  const it: Opened = {
    gate: terminalGate({ terminals: () => terminals, open, nowMs: () => it.now }),
    terminals,
    opened,
    now: nowMs,
  };
  return it;
}

const request = (over: Partial<SignedRequest> = {}): SignedRequest => ({
  method: 'POST',
  path: '/v1/transactions?x=1',
  time: String(nowMs),
  key: '"key"',
  body: Buffer.from('{"amount":100}'),
  ...over,
});
const signedBy = (id: number, what = request()) => ({
  ...what,
  terminalId: String(id),
  signature: signRequest(keyOf(id), what),
});

describe('the gate', () => {
  test('lets the terminal in that signed the request', () => {
    expect(openGate().gate.admit(signedBy(1))).toMatchObject({ id: 1 });
  });

  test('refuses a request of which anything was changed after it was signed', () => {
    const text = fc.string({ maxLength: 20 });
    const changed = fc.record(
      {
        method: fc.constantFrom('GET', 'PUT', 'POST', 'post'),
        path: text.map((tail) => `/v1/transactions${tail}`),
        time: fc.integer({ min: -60_000, max: 60_000 }).map((off) => String(nowMs + off)),
        key: text,
        body: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changed, (over) => {
        const original = request();
        const sent = { ...signedBy(1, original), ...over };
        const same = (Object.keys(over) as (keyof SignedRequest)[]).every(
          (part) => String(sent[part]) === String(original[part]),
        );
        const answer = openGate().gate.admit(sent);
        if (same) expect(answer).toMatchObject({ id: 1 });
        else expect(answer).toBe('signature-wrong');
      }),
      { numRuns: 1_000 },
    );
  });

  test('refuses a signature with any of its digits changed', () => {
    const good = signedBy(1);
    for (const [at, digit] of [...good.signature].entries()) {
      const other = digit === '0' ? '1' : '0';
      const signature = good.signature.slice(0, at) + other + good.signature.slice(at + 1);
      expect(openGate().gate.admit({ ...good, signature })).toBe('signature-wrong');
    }
  });

  test('knows each terminal by its own key: nobody signs for another', () => {
    expect(openGate().gate.admit({ ...signedBy(1), terminalId: '2' })).toBe('signature-wrong');
    expect(openGate().gate.admit({ ...signedBy(1), terminalId: '3' })).toBe('terminal-unknown');
  });

  test.each(['', '0x1', '-1', '1.0', ' 1', '123456789', '١', '__proto__'])(
    'takes %j for no terminal number',
    (terminalId) => expect(openGate().gate.admit({ ...signedBy(1), terminalId })).toBe('signature-missing'),
  );

  test.each([
    [-signatureWindowMs - 1, 'clock-skew'],
    [-signatureWindowMs, 'in'],
    [-1, 'in'],
    [0, 'in'],
    [1, 'in'],
    [signatureWindowMs, 'in'],
    [signatureWindowMs + 1, 'clock-skew'],
  ])('a request that is %i ms off: %s', (offMs, expected) => {
    const answer = openGate().gate.admit(signedBy(1, request({ time: String(nowMs + offMs) })));
    expect(typeof answer === 'string' ? answer : 'in').toBe(expected);
  });

  test('tells the time only to who signed: a stranger hears of the signature first', () => {
    const late = request({ time: String(nowMs + 10 * signatureWindowMs) });
    expect(openGate().gate.admit({ ...signedBy(1, late), terminalId: '2' })).toBe('signature-wrong');
  });

  test('takes a signature once', () => {
    const { gate } = openGate();
    const sent = signedBy(1);
    expect(gate.admit(sent)).toMatchObject({ id: 1 });
    expect(gate.admit(sent)).toBe('signature-replayed');
    expect(gate.admit(signedBy(1, request({ time: String(nowMs + 1) })))).toMatchObject({ id: 1 });
  });

  test('takes a signature again that was given back, once', () => {
    const { gate } = openGate();
    const sent = signedBy(1);
    gate.admit(sent);
    gate.giveBack(sent.signature);
    expect(gate.admit(sent)).toMatchObject({ id: 1 });
    expect(gate.admit(sent)).toBe('signature-replayed');
  });

  test('does not use a good signature up for a request that it refused', () => {
    const it = openGate();
    const sent = signedBy(1, request({ time: String(nowMs + signatureWindowMs + 1) }));
    expect(it.gate.admit(sent)).toBe('clock-skew');
    it.now += 1;
    expect(it.gate.admit(sent)).toMatchObject({ id: 1 });
  });

  test('never takes a signature twice while its time is good, however the calls are spread', () => {
    const it = openGate();
    const sent = signedBy(1, request({ time: String(nowMs + signatureWindowMs) }));
    expect(it.gate.admit(sent)).toMatchObject({ id: 1 });
    for (let at = 0; at <= 2 * signatureWindowMs; at += 1_000) {
      it.now = nowMs + at;
      expect(it.gate.admit(sent)).toBe('signature-replayed');
      it.gate.admit(signedBy(2, request({ time: String(it.now) })));
    }
    it.now = nowMs + 2 * signatureWindowMs + 1;
    expect(it.gate.admit(sent)).toBe('clock-skew');
  });

  test('opens a key once, and a new key of a terminal at once', () => {
    const it = openGate();
    it.gate.admit(signedBy(1));
    it.gate.admit(signedBy(1, request({ time: String(nowMs + 1) })));
    expect(it.opened).toHaveLength(1);
    it.terminals.set(1, terminalOf(1, Buffer.alloc(32, 9)));
    expect(it.gate.admit(signedBy(1, request({ time: String(nowMs + 2) })))).toBe('signature-wrong');
    const renewed = request({ time: String(nowMs + 3) });
    const signature = signRequest(Buffer.alloc(32, 9), renewed);
    expect(it.gate.admit({ ...renewed, terminalId: '1', signature })).toMatchObject({ id: 1 });
    expect(it.opened).toHaveLength(2);
  });
});
