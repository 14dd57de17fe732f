import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EncodeError, type Fields, type Message } from '#iso8583/message.ts';
import { openLog } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { leaksIn, plantedTexts } from '#testing/fuzz/planted.ts';
import { openPosTown, type PosTown, type TownTerminal } from '#testing/pos/pos-town.ts';
import { cardNumber, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
let till: TownTerminal;
const lines: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const log = openLog('debug', { write: (line: string) => lines.push(line) });
  house = await openPosTown(database.url, { log, listener: { logMessages: true } });
  till = await house.terminal(merchantTerminal(1));
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const good: Fields = {
  ...{ 2: cardNumber(0), 3: '000000', 4: '000000000100', 11: '000042', 49: '156', 60: '22000001000500' },
  ...{ 41: String(merchantTerminal(1)), 42: '1'.padStart(15, '0') },
};
/** A planted text in the form that a field holds, whole or a piece of it. */
function planted(type: string, length: number, isVariable: boolean) {
  const digits = plantedTexts.map((text) => text.normalize('NFKC').replace(/\D/g, '')).filter(Boolean);
  const hex = plantedTexts.filter((text) => /^[0-9a-f]{64}$/.test(text)).map((text) => text.toUpperCase());
  const texts = plantedTexts.filter((text) => /^[ -~]+$/.test(text));
  const all = type === 'b' ? hex : type.startsWith('an') ? [...texts, ...digits] : digits;
  const units = type === 'b' ? length * 2 : length;
  return fc.constantFrom(...all).map((text) => {
    const piece = text.slice(0, units);
    return isVariable
      ? piece.slice(0, type === 'b' ? piece.length & ~1 : undefined)
      : piece.padStart(units, '0');
  });
}

const fieldsAny = () => {
  const shapes = Object.entries(house.codec.layout.fields).filter(
    ([field]) => !['64', '128'].includes(field),
  );
  return fc.record(
    Object.fromEntries(
      shapes.map(([field, { type, len, var: variable }]) => [
        field,
        fc.oneof(
          { weight: Number(field) < 64 ? 4 : 150, arbitrary: fc.constant(good[Number(field)]) },
          { weight: 1, arbitrary: planted(type, len, variable !== undefined) },
        ),
      ]),
    ),
  );
};
const mtis = ['0200', '0201', '0220', '0100', '0400', '0500', '0320', '0800', '0820', '0600', '1200'];

test('whatever stands in whichever field, and however the message is broken, nothing of it stands in the log', async () => {
  const message: fc.Arbitrary<Message> = fc.record({ mti: fc.constantFrom(...mtis), fields: fieldsAny() });
  const spoilt = fc.option(fc.record({ cut: fc.nat(200), flip: fc.nat(200) }), { freq: 3 });
  let written = 0;
  const property = fc.asyncProperty(message, spoilt, async (asked, harm) => {
    lines.length = 0;
    try {
      const isSigned = Object.entries(asked.fields).every(([field, value]) => Number(field) < 64 || !value);
      if (harm === null && isSigned) await till.tell(asked);
      else if (harm === null) await house.answer(house.codec.encode(asked));
      else {
        const bytes = house.codec.encode(asked);
        const broken = bytes.subarray(0, Math.max(1, bytes.length - (harm.cut % bytes.length)));
        const at = harm.flip % broken.length;
        broken[at] = (broken[at] ?? 0) ^ 0x11;
        await house.answer(broken);
      }
    } catch (error) {
      // What cannot be written is no message, and some end the connection.
      if (!(error instanceof EncodeError) && !String(error).includes('closed the connection')) throw error;
    }
    written += lines.length;
    expect(leaksIn(lines.join('\n'), [], 10)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 1_500 });
  expect(written).toBeGreaterThan(500);
}, 60_000);

test('nor where the database quotes it in an error', async () => {
  const quoted = [cardNumber(0), ...plantedTexts.filter((text) => /^9\d{15}$/.test(text))].join(' | ');
  await house.owner.run({
    name: 'test-betray',
    text: `create function public.betray() returns trigger language plpgsql as $$
      begin raise exception '${quoted}' using detail = '${quoted}', hint = '${quoted}'; end $$`,
  });
  for (const table of ['idempotency.outcomes', 'audit.events', 'terminals.batches', 'terminals.pos_keys'])
    await house.owner.run({
      name: `test-betray-${table}`,
      text: `create trigger betray before insert or update on ${table} for each row execute function public.betray()`,
    });
  lines.length = 0;
  const codes: (string | undefined)[] = [];
  const ask = async (mti: string, fields: Fields) =>
    codes.push((await till.tell({ mti, fields: { ...good, ...fields } })).fields[39]);
  await ask('0200', { 11: '700001' });
  await ask('0400', { 11: '700002', 39: '98' });
  await ask('0500', { 11: '700003', 48: '0'.repeat(62), 60: '00000001201' });
  const other = await house.terminal(merchantTerminal(2)).catch((error: Error) => error.message);
  expect(codes).toEqual(['96', '96', '96']);
  expect(other).toContain('96');
  expect(leaksIn(lines.join('\n'), [cardNumber(0)], 10)).toEqual([]);
});
