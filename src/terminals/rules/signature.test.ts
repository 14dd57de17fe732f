import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refuseSignature, type SignedRequest, signatureWindowMs, signRequest } from './signature.ts';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const nowMs = Date.UTC(2026, 10, 22, 0, 30);
const request: SignedRequest = {
  method: 'POST',
  path: '/v1/transactions?x=1',
  time: String(nowMs),
  key: 'order-1',
  body: new TextEncoder().encode('{"amount":100}'),
};
const signed = (over: Partial<SignedRequest> = {}, by = key) => {
  const one = { ...request, ...over };
  return { ...one, signature: signRequest(by, one) };
};

describe('a signature', () => {
  test('it is HMAC-SHA256 over method, path, time, key and the body’s digest, a line each', () => {
    // Computed by another program: hmac(key, "POST\n/v1/transactions?x=1\n1795307400000\norder-1\n" + sha256(body)).
    expect(signRequest(key, request)).toBe(
      '8a830d80e781e5aab164b4831927d30e7fe7b22a5aab5e0d43dfe4db324dcb3c',
    );
  });

  test('the example that the README works through comes out as it stands there', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
    const shown = (name: string) => new RegExp(`^${name} +(.+)$`, 'm').exec(readme)?.[1] ?? '';
    const [method = '', path = ''] = shown('method, path').split(' ');
    const body = Buffer.from(shown('body'));
    const example = { method, path, time: shown('Request-Time'), key: shown('Idempotency-Key'), body };
    const exampleKey = Buffer.from(shown('key'), 'hex');
    const lines = [method, path, example.time, example.key, shown('its SHA-256')];
    expect(exampleKey).toHaveLength(32);
    expect(shown('its SHA-256')).toBe(hash('sha256', body, 'hex'));
    expect(shown('signed text')).toBe(lines.join('⏎'));
    expect(signRequest(exampleKey, example)).toBe(shown('Request-Signature'));
    expect(signRequest(shown('key'), example), 'the key as text').not.toBe(shown('Request-Signature'));
  });

  test('a request as it was signed is let in', () => {
    expect(refuseSignature(key, signed(), nowMs)).toBeNull();
  });

  test.for([
    { method: 'PUT' },
    { path: '/v1/transactions?x=2' },
    { key: 'order-2' },
    { time: String(nowMs + 1) },
    { body: new TextEncoder().encode('{"amount":101}') },
    { body: new Uint8Array() },
  ])('a request that was changed on its way is not: %o', (changed) => {
    expect(refuseSignature(key, { ...signed(), ...changed }, nowMs)).toBe('signature-wrong');
  });

  test('another terminal’s key does not sign for this one', () => {
    expect(refuseSignature(key, signed({}, Buffer.alloc(16, 7)), nowMs)).toBe('signature-wrong');
  });

  test('what moves from one line to the next is another request', () => {
    const one = signed({ key: 'a', time: '1795307400000' });
    expect(
      refuseSignature(key, { ...one, path: `${one.path}\n${one.time}`, time: 'a' }, nowMs),
    ).not.toBeNull();
  });

  test.for(['', 'abc', 'A'.repeat(64), `${'0'.repeat(63)}g`, '0'.repeat(65)])('%j is none', (signature) => {
    expect(refuseSignature(key, { ...signed(), signature }, nowMs)).toBe('signature-missing');
  });

  test.for(['', 'now', '2026-11-22', '179530740000', '17953074000000', '-795307400000', '1795307400000 '])(
    'a time that is not milliseconds since 1970 is none: %j',
    (time) => {
      expect(refuseSignature(key, signed({ time }), nowMs)).toBe('signature-missing');
    },
  );

  test('no signature but the one is good, whatever the body', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (body, other) => {
        const one = signed({ body });
        const isSame = Buffer.from(body).equals(Buffer.from(other));
        expect(refuseSignature(key, { ...one, body: other }, nowMs) === null).toBe(isSame);
      }),
    );
  });
});

describe('the time of a signature', () => {
  test.for([
    [-signatureWindowMs, null],
    [signatureWindowMs, null],
    [-signatureWindowMs - 1, 'clock-skew'],
    [signatureWindowMs + 1, 'clock-skew'],
  ] as const)('a clock that is %i ms off is answered %s', ([offMs, refusal]) => {
    expect(refuseSignature(key, signed({ time: String(nowMs + offMs) }), nowMs)).toBe(refusal);
  });

  test('only who has the key learns that its clock is wrong', () => {
    const late = { ...signed({ time: String(nowMs - 10 * signatureWindowMs) }), signature: 'f'.repeat(64) };
    expect(refuseSignature(key, late, nowMs)).toBe('signature-wrong');
  });
});
