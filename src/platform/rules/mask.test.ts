import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskFields, maskText, maskWritten } from './mask.ts';

const separator = fc.constantFrom('', ' ', '-', '.', '/', ' - ', '\u00a0', '\u2013', '\t');
const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''));
/** Text around a number that cannot itself be part of one. */
const around = fc.constantFrom('', 'card ', '卡号：', '(', '{"n":"', 'at line\n', '=', '|');

/** The longest run of digits left in a text, whatever stands between them. */
function digitsLeft(text: string): number {
  return Math.max(
    0,
    ...(text.match(/\d[\d\s./\u00a0\u2013-]*/g) ?? []).map((run) => run.replace(/\D/g, '').length),
  );
}

describe('masking a text', () => {
  test('no number of eight digits or more survives, however it is written', () => {
    const written = fc
      .tuple(digits(8, 24), separator, fc.integer({ min: 1, max: 6 }))
      .map(([number, mark, size]) => (number.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(mark));
    fc.assert(
      fc.property(around, written, around, (before, number, after) => {
        expect(digitsLeft(maskText(before + number + after))).toBeLessThan(8);
      }),
      { numRuns: 2000 },
    );
  });

  test('no key material survives, in upper or lower case, in one piece or byte by byte', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 64 }).map((list) => Buffer.from(list));
    const written = fc
      .tuple(bytes, fc.constantFrom('', ' ', ':', '-'), fc.boolean())
      .map(([key, mark, upper]) => {
        const text = (key.toString('hex').match(/../g) ?? []).join(mark);
        return upper ? text.toUpperCase() : text;
      });
    fc.assert(
      fc.property(around, written, around, (before, key, after) => {
        expect(maskText(before + key + after)).not.toMatch(/(?:[0-9a-f]{2}[ :-]?){8}/i);
      }),
      { numRuns: 2000 },
    );
  });

  test('no token survives, in base64, base64url or base32, in a text or a path', () => {
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((list) => Buffer.from(list));
    const encoding = fc.constantFrom('base64' as const, 'base64url' as const);
    fc.assert(
      fc.property(around, bytes, encoding, (before, token, as) => {
        // Bytes that repeat are no token: a quarter of its letters at least are different ones.
        fc.pre(new Set(token).size > token.length / 2 && new Set(token).size > 16);
        const text = token.toString(as);
        fc.pre((text.match(/[A-Z0-9]/g)?.length ?? 0) > text.length / 3);
        fc.pre(/[a-z]/.test(text));
        expect(maskText(before + text)).not.toContain(text.slice(0, 12));
      }),
      { numRuns: 2000 },
    );
    expect(maskText('of JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP there')).toBe('of [masked] there');
  });

  test.each([
    'at processTicksAndRejections (node:internal/process/task_queues:104:5)',
    'at openHttpTown (/srv/one-card/src/channels/http/desk/desk-routes.ts:12:3)',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'duplicate key value violates unique constraint "outcomes_business_key"',
  ])('the way of a program stays: %s', (text) => expect(maskText(text)).toBe(text));

  test.each([
    ['the holder said 518263', 'the holder said [masked]'],
    ['51 82 63', '[masked]'],
    ['seen at counter 12345', 'seen at counter 12345'],
  ])('what people write keeps no six digits: %s', (text, kept) => expect(maskWritten(text)).toBe(kept));

  test.each([
    ['day=2026-11-23', 'day=2026-11-23'],
    ['from=2026-11-01&to=2026-11-23&sector=shops', 'from=2026-11-01&to=2026-11-23&sector=shops'],
    ['charged twice on 2026-11-23.', 'charged twice on 2026-11-23.'],
    ['误扣（2026-11-23）', '误扣（2026-11-23）'],
    ['day=2026-13-23', 'day=[masked]'],
    ['day=2026-02-30', 'day=[masked]'],
    ['day=1962-11-23', 'day=[masked]'],
    ['born 2010-05-06', 'born [masked]'],
    ['day=2024-12-31', 'day=[masked]'],
    ['day=2025-01-01', 'day=2025-01-01'],
    ['day=20261123', 'day=[masked]'],
    ['day=2026/11/23', 'day=[masked]'],
    ['day=2026-11-23-4', 'day=[masked]'],
    ['day=62-2026-11-23', 'day=[masked]'],
    ['2026-11-23 2026-11-24', '[masked]'],
    ['day=2026-11-23 4567', 'day=[masked]'],
    ['card 6223 2026-11-23', 'card [masked]'],
    ['2026-11-23:456789', '[masked]:[masked]'],
    ['A2026-11-23', '[masked]'],
    ['２０２６-11-23', '[masked]'],
  ])('of what people write a day stays, exactly as 2026-11-23 and alone: %s', (text, kept) => {
    expect(maskWritten(text)).toBe(kept);
    expect(maskText(text)).not.toMatch(/\d{4}-\d\d-\d\d/);
  });

  test('a number that a day is part of does not survive, wherever it stands in it', () => {
    const day = fc
      .tuple(
        fc.integer({ min: 2000, max: 2099 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
      )
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join('-'));
    const ahead = fc.tuple(digits(1, 8), separator).map((parts) => parts.join(''));
    const behind = fc.tuple(separator, digits(1, 8)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(ahead, day, behind, (before, date, after) => {
        for (const text of [before + date, date + after, before + date + after])
          expect(maskWritten(`card ${text}`)).not.toContain(date);
      }),
      { numRuns: 2000 },
    );
  });

  test('masking twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => maskText(maskText(text)) === maskText(text)),
    );
  });

  test.each([
    ['6223164991230014', '[masked]'],
    ['6223 1649 9123 0014 was refused', '[masked] was refused'],
    ['social security card A12345678', 'social security card [masked]'],
    ['holder 11010519491231002X', 'holder [masked]'],
    ['６２２３１６４９９１２３００１４', '[masked]'],
    ['track 6223164991230014=24121010000012300000', 'track [masked]=[masked]'],
    ['masterKey: 00ff', 'masterKey: [masked]'],
    ['{"pin":"1234"}', '{"pin":"[masked]"}'],
    ['password=hunter2&x=1', 'password=[masked]&x=1'],
    ['Authorization: Bearer abc.def', 'Authorization: [masked]'],
    ['postgresql://someone:s3cret@db/one_card', 'postgresql://[masked]@db/one_card'],
    ['Key (number)=(6223164991230014) already exists', 'Key (number)=([masked]) already exists'],
    ['lane 3 is closed after 1250 ms', 'lane 3 is closed after 1250 ms'],
  ])('%s', (text, expected) => {
    expect(maskText(text)).toBe(expected);
  });

  test('a text that is cut shows no part of the number at the cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8150, max: 8200 }), (length) => {
        const printed = maskText(`${'x '.repeat(length / 2)}6223164991230014 and more`.padEnd(9000, ' y'));
        expect(printed).not.toContain('622');
        expect(printed.length).toBeLessThan(8250);
      }),
    );
  });
});

describe('masking fields', () => {
  test('whatever the shape is, no card number gets through', () => {
    const card = '6223164991230014';
    const leaf = fc.constantFrom<unknown>(
      card,
      `no. ${card}`,
      Number(card),
      BigInt(card),
      new Error(card),
      new Set([card]),
    );
    const bytes = fc.constantFrom<unknown>(
      Buffer.from(card),
      new Date(),
      () => card,
      Symbol(card),
      new Map([[card, card]]),
    );
    const name = fc.constantFrom(
      'card',
      'status',
      'code',
      'transaction',
      card,
      'note',
      'businessDate',
      'toJSON',
    );
    const shapes = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, leaf, bytes, tie('list'), tie('record')),
      list: fc.array(tie('node'), { maxLength: 4 }),
      record: fc.dictionary(name, tie('node'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(name, shapes.node, (field, value) => {
        expect(JSON.stringify(maskFields({ [field]: value }))).not.toContain(card);
      }),
      { numRuns: 2000 },
    );
  });

  test('our own ids and numbers pass under their own names only', () => {
    const own = {
      transactionId: 2_512_345_678_901_234_567n,
      businessDate: '2026-11-22',
      durationMs: 12.3456789,
      terminalId: 90_000_001,
      port: 8080,
    };
    expect(maskFields(own)).toEqual({ ...own, transactionId: '2512345678901234567' });
    expect(maskFields({ other: 2_512_345_678_901_234_567n, when: '2026-11-22' })).toEqual({
      other: '[masked]',
      when: '[masked]',
    });
    for (const remoteAddress of ['192.168.100.100', '::ffff:10.20.30.40', '::1'])
      expect(maskFields({ remoteAddress })).toEqual({ remoteAddress });
    for (const remoteAddress of ['622.316.499.123', '6223.1649.9123.0014'])
      expect(maskFields({ remoteAddress })).toEqual({ remoteAddress: '[masked]' });
    expect(maskFields({ address: '192.168.100.100' })).toEqual({ address: '[masked]' });
    expect(maskFields({ transactionId: '6223164991230014', status: 6_223_164_991_230_014 })).toEqual({
      transactionId: '[masked]',
      status: '[masked]',
    });
  });

  test.each([
    'pin',
    'PIN_BLOCK',
    'masterKey',
    'x-api-key',
    'newPassword',
    'accessToken',
    'clientsecret',
    'cvv2',
    'pan',
  ])('a field named %s shows nothing of its value', (name) => {
    expect(maskFields({ [name]: 'ab' })).toEqual({ [name]: '[masked]' });
  });

  test('an error keeps its name, message, stack and cause, masked, and no other property', () => {
    const error = new TypeError('card 6223164991230014', { cause: new Error('pin=1234') });
    const printed = maskFields({ error: Object.assign(error, { detail: 'anything', code: '23505' }) });
    expect(printed['error']).toMatchObject({ name: 'TypeError', message: 'card [masked]', code: '23505' });
    expect(printed['error']).toHaveProperty('cause.message', 'pin=[masked]');
    expect(printed['error']).not.toHaveProperty('detail');
  });
});
