import type { SeededRandom } from '#testing/model/seeded-random.ts';

/** A body as bytes, and what was done to it. */
export interface Spoiled {
  readonly label: string;
  readonly bytes: Buffer;
  /** Other than what the route takes. */
  readonly type?: string;
}

type Fields = Record<string, unknown>;
type Spoiler = (body: Fields, random: SeededRandom) => Spoiled;

const deep = 20_000;
const long = 200_000;
const json = (label: string, value: unknown): Spoiled => ({
  label,
  bytes: Buffer.from(JSON.stringify(value) ?? ''),
});
const raw = (label: string, text: string | Buffer): Spoiled => ({ label, bytes: Buffer.from(text) });

/** What may stand where another type belongs. */
const strangers: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, '', 'x', [], {}, [[]], 2 ** 53, -(2 ** 63), 1e300],
  ...[
    '\u0000',
    '\ud800',
    '𝕏'.repeat(50),
    '9'.repeat(400),
    '<script>',
    "' or 1=1 --",
    '../../etc/passwd',
    '%00',
  ],
];

const spoilers: readonly Spoiler[] = [
  (body, random) => {
    const name = anyName(body, random);
    const { [name]: _, ...rest } = body;
    return json(`without ${name}`, rest);
  },
  (body) => json('a field that is not known', { ...body, notKnown: 1 }),
  (body, random) => {
    const name = anyName(body, random);
    return json(`another ${name}`, { ...body, [name]: random.pick(strangers) });
  },
  (body, random) => {
    const name = anyName(body, random);
    return json(`another ${name}`, { ...body, [name]: random.pick(strangers) });
  },
  (body, random) => {
    const name = anyName(body, random);
    const text = JSON.stringify({ ...body, [name]: 0 }).replace(`"${name}":0`, `"${name}":1e999`);
    return raw('a number without end', text);
  },
  (body, random) => {
    const name = anyName(body, random);
    return raw('a field twice', JSON.stringify(body).replace('{', `{${JSON.stringify(name)}:1,`));
  },
  () => raw('deep lists', '['.repeat(deep) + ']'.repeat(deep)),
  (body, random) => json('a deep object', { ...body, [anyName(body, random)]: nested(random.int(200)) }),
  (body) =>
    raw('bytes that are no UTF-8', Buffer.concat([Buffer.from(JSON.stringify(body)), Buffer.of(0xff)])),
  (body) => raw('half of it', JSON.stringify(body).slice(0, -2)),
  () => raw('nothing', ''),
  () => raw('not JSON', 'cardNumber=1'),
  (body) => json('a list of it', [body]),
  () => json('null', null),
  (body) => raw('a prototype', JSON.stringify(body).replace('{', '{"__proto__":{"admin":true},')),
  (body, random) => json('a long text', { ...body, [anyName(body, random)]: 'a'.repeat(long) }),
  (body) => raw('a byte order mark', `\ufeff${JSON.stringify(body)}`),
  (body) => ({ ...json('as a form', body), type: 'application/x-www-form-urlencoded' }),
  (body) => ({ ...json('as text', body), type: 'text/plain' }),
  (body) => ({ ...json('in another character set', body), type: 'application/json; charset=utf-16' }),
];

/** Spoils a body in one of many ways; some of them leave it as the document allows. */
export function spoil(body: Fields, random: SeededRandom): Spoiled {
  return random.pick(spoilers)(body, random);
}

const anyName = (body: Fields, random: SeededRandom): string => {
  const names = Object.keys(body);
  return names.length === 0 ? 'name' : random.pick(names);
};

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { inner: value };
  return value;
}

/** Ids and words of a query as nobody should send them. */
export const oddTexts: readonly string[] = [
  ...[
    '0',
    '-1',
    '1.5',
    'null',
    'mine',
    'current',
    'x'.repeat(2_000),
    '9'.repeat(30),
    '1e9',
    '%00',
    '%F0%28',
    '%E4%BD%A0',
  ],
  ...[
    '..',
    '..%2f..%2fetc',
    "'%20or%201=1",
    '%25',
    '%0d%0aX:1',
    '1-1',
    '1000000-1',
    '2026-02-30',
    '9999-12-31',
  ],
];

/** Methods that no route has, or another. */
export const oddMethods: readonly string[] = [
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'GET',
  'POST',
];

type Pairs = readonly (readonly [string, string])[];

/** Changes to the headers: each is given what it would have been. */
export const headerSpoilers: readonly (readonly [label: string, change: (headers: Pairs) => Pairs])[] = [
  ['no headers', () => []],
  ['every header twice', (headers) => [...headers, ...headers]],
  ['no proof', (headers) => headers.filter(([name]) => !/signature|authorization/.test(name))],
  [
    'a proof of nothing',
    (headers) => headers.map(([name, value]) => [name, isProof(name) ? `${value}x` : value]),
  ],
  ['no key', (headers) => headers.filter(([name]) => name !== 'idempotency-key')],
  ['a key twice', (headers) => [...headers, ['idempotency-key', 'another']]],
  ['a key of strange letters', (headers) => changed(headers, 'idempotency-key', '"\\x", é')],
  ['a long key', (headers) => changed(headers, 'idempotency-key', 'k'.repeat(300))],
  ['the time of yesterday', (headers) => changed(headers, 'request-time', '1600000000000')],
  ['no time', (headers) => changed(headers, 'request-time', 'now')],
  ['a strange terminal', (headers) => changed(headers, 'terminal-id', '99999999999999999999')],
  ['headers over the limit', (headers) => [...headers, ['x-long', 'x'.repeat(17_000)]]],
  ['a strange attempt', (headers) => [...headers, ['retry-attempt', '-1e9']]],
  ['asks for a file', (headers) => [...headers, ['accept', 'text/csv']]],
  ['asks for a picture', (headers) => [...headers, ['accept', 'image/png']]],
];

const isProof = (name: string): boolean => name === 'request-signature' || name === 'authorization';

const changed = (headers: Pairs, name: string, value: string): Pairs => [
  ...headers.filter(([other]) => other !== name),
  [name, value],
];
