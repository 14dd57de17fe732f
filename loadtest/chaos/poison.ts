import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { Hashes } from './servers/redis.ts';

/** The same hashes and fields with values that are not theirs: of other fields, forged, halves, and rubbish. */
export function poisoned(hashes: Hashes, random: SeededRandom): Hashes {
  return new Map([...hashes].map(([name, fields]) => [name, poisonedHash(fields, random)]));
}

function poisonedHash(
  fields: Readonly<Record<string, string>>,
  random: SeededRandom,
): Record<string, string> {
  const names = Object.keys(fields);
  const values = Object.values(fields);
  const shift = 1 + random.int(Math.max(1, names.length - 1));
  return Object.fromEntries(
    names.map((name, i) => {
      const other = values[(i + shift) % values.length] ?? '';
      return [name, wrongValue(fields[name] ?? '', other, random)];
    }),
  );
}

function wrongValue(own: string, other: string, random: SeededRandom): string {
  const turn = random.int(10);
  if (turn < 5) return other;
  if (turn < 8) return forged(own);
  if (turn < 9) return other.slice(0, random.int(other.length + 1));
  return random.pick([
    '',
    'null',
    '[]',
    '[1]',
    '{"status":"decided"}',
    '\u0000\uffff',
    '[1,2,3,4,5,6,7,8,9,10,11,12,13,14]',
  ]);
}

/** The outcome of the right request, declined where it was approved, and with another id. */
function forged(own: string): string {
  return own
    .replace(/"(\d{15,})"/, (_, id: string) => `"${BigInt(id) + 1n}"`)
    .replace(/,null,\[\[.*/, ',"card-lost",[]]');
}
