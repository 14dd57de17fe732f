import { describe, expect, test } from 'vitest';
import { openPinEnvelope, sealPin } from './pin-envelope.ts';

const key = Buffer.alloc(32, 5);
const place = { terminalId: 1_000_011, trace: '1/42/2026-11-22' };
const nonce = Buffer.alloc(12, 3);
const envelope = sealPin(key, '135790', { ...place, nonce });

describe('a PIN envelope', () => {
  test('gives its PIN back to the terminal and the transaction it was made for', () => {
    expect(openPinEnvelope(key, envelope, place)).toBe('135790');
  });

  test('keeps its bytes: terminals in the field make the same', () => {
    expect(envelope).toBe(sealPin(key, '135790', { ...place, nonce }));
    expect(envelope).toMatch(/^AQMDAwMDAwMDAwMDA[A-Za-z0-9_-]{30}$/);
  });

  test.each([
    ['another terminal', key, { ...place, terminalId: 1_000_012 }],
    ['another transaction', key, { ...place, trace: '1/43/2026-11-22' }],
    ['another key', Buffer.alloc(32, 6), place],
  ])('opens for no %s', (_, withKey, at) => expect(openPinEnvelope(withKey, envelope, at)).toBeNull());

  test('opens no more when one bit of it is changed', () => {
    const bytes = Buffer.from(envelope, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openPinEnvelope(key, changed.toString('base64url'), place)).toBeNull();
    }
  });

  test.each(['', 'AQ', '135790', `${envelope}A`, envelope.slice(1), '=', 'é'])('%j is none', (text) =>
    expect(openPinEnvelope(key, text, place)).toBeNull(),
  );

  test('holds six digits and is bound to something', () => {
    for (const pin of ['', '12345', '1234567', 'abcdef'])
      expect(() => sealPin(key, pin, { ...place, nonce })).toThrow(RangeError);
    expect(() => sealPin(key, '135790', { ...place, trace: '', nonce })).toThrow(RangeError);
    expect(() => sealPin(key, '135790', { ...place, nonce: Buffer.alloc(11) })).toThrow(RangeError);
  });
});
