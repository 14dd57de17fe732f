import fc from 'fast-check';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import { type ArbitraryTools, valuesOf } from './arbitraries.ts';
import type { Operation } from './document.ts';
import type { Known, Posted } from './known.ts';
import { terminals } from './town.ts';

/** A request before it is signed and sent. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly body: Buffer | null;
  /** What the body is as JSON; undefined where it is none. */
  readonly value: unknown;
  readonly type: string | null;
  readonly terminalId: number;
}

export interface Generator {
  /** A request of the operation that the document allows, mostly about things that exist. */
  draft(operation: Operation, random: SeededRandom): Draft;
}

type Fields = Record<string, unknown>;

const seedMax = 2 ** 31 - 1;

export function openGenerator(tools: ArbitraryTools): Generator {
  const bodies = new Map<string, fc.Arbitrary<unknown>>();
  const bodyOf = (operation: Operation, random: SeededRandom): unknown => {
    if (operation.body === null) return undefined;
    if (operation.body.type === 'text/csv') return csv(tools.known, random);
    const arbitrary = bodies.get(operation.name) ?? valuesOf(operation.body.schema, tools);
    bodies.set(operation.name, arbitrary);
    return fc.sample(arbitrary, { numRuns: 1, seed: random.int(seedMax) })[0];
  };
  return {
    draft: (operation, random) => {
      const of = originalOf(operation, tools.known, random);
      const value = mended(operation, bodyOf(operation, random), { of, random, known: tools.known });
      const target = targetOf(operation, { of, random, ...tools });
      const { body, method } = operation;
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value ?? null));
      return {
        ...{ method, target, value, type: body?.type ?? null },
        body: body === null ? null : bytes,
        terminalId: of?.terminalId ?? terminalFor(operation, value),
      };
    },
  };
}

interface Mending {
  readonly of: Posted | null;
  readonly random: SeededRandom;
  readonly known: Known;
}

const followsUp = /^\/v1\/(holds|transactions)\/\{id\}\//;

/** What a follow-up speaks of: something that was posted, by the terminal that posted it. */
function originalOf({ path }: Operation, { posted }: Known, random: SeededRandom): Posted | null {
  const isReversal = path === '/v1/reversals' && random.chance(70);
  if (!followsUp.test(path) && !isReversal) return null;
  const fit = posted.filter(({ isHold }) => isReversal || isHold === path.startsWith('/v1/holds'));
  return fit.length === 0 ? null : random.pick(fit);
}

/** Makes what the document allows into what also makes sense, most of the time. */
function mended(operation: Operation, value: unknown, mending: Mending): unknown {
  const { random, of } = mending;
  if (typeof value !== 'object' || value === null || random.chance(8)) return value;
  const body = { ...(value as Fields) };
  if (operation.path === '/v1/reversals' && of !== null) return reversalOf(of, body);
  if (operation.path === '/v1/transactions/batch')
    return { transactions: (body['transactions'] as Fields[]).map((line) => fitting({ ...line }, random)) };
  for (const mend of mends[operation.path] ?? []) mend(body, mending);
  return fitting(body, random);
}

const reversible = ['sector', 'cardNumber', 'currency', 'batchNumber', 'traceNumber', 'localTime', 'amount'];

const reversalOf = ({ body }: Posted, fallback: Fields): Fields =>
  Object.fromEntries(
    reversible.filter((name) => name in body).map((name) => [name, body[name] ?? fallback[name]]),
  );

/** A tap names a line and no amount, a load its purse; a PIN that is none is left out. */
function fitting(body: Fields, random: SeededRandom): Fields {
  if (typeof body['sector'] !== 'string') return body;
  delete body['pin'];
  delete body['detail'];
  if (body['sector'] === 'transit') {
    delete body['amount'];
    body['detail'] = { line: random.pick(['1', '28', 'AIRPORT']) };
  } else {
    body['amount'] ??= 1 + random.int(200);
    if (body['sector'] === 'top-up') body['detail'] = { purse: random.pick(['online', 'e-purse']) };
  }
  return body;
}

const newCard = (body: Fields, { known, random }: Mending): void => {
  body['cardNumber'] = known.pick('newCardNumber', random.int(seedMax));
};

const medicalLegs = (body: Fields, { random }: Mending): void => {
  const legs = { fund: 200, personalAccount: 60, mutualAid: 10, cash: random.int(50) };
  // The card pays the personal account's part, and what is left to the holder.
  const amount = 60 + random.int(90);
  Object.assign(body, legs, { amount, total: 210 + legs.cash + amount });
};

/** What a route needs beyond what its document says: rules that hold between fields. */
const mends: Readonly<Record<string, readonly ((body: Fields, mending: Mending) => void)[]>> = {
  '/v1/cards': [
    newCard,
    (body, { random }) => {
      if (random.chance(70)) delete body['applicationId'];
      if (body['applicationId'] !== undefined)
        for (const name of ['idNumber', 'name', 'product']) delete body[name];
      delete body['expiresOn'];
    },
  ],
  '/v1/cards/{id}/replacement': [newCard],
  '/v1/medical/pre-settlements': [medicalLegs],
  '/v1/medical/settlements': [medicalLegs],
};

/** By the sector in the body, or by what only some may ask for. */
function terminalFor({ path }: Operation, value: unknown): number {
  const first = (value as { transactions?: Fields[] } | null)?.transactions?.[0] ?? (value as Fields | null);
  const sector = first?.['sector'];
  if (path.startsWith('/v1/medical')) return terminals.hospital;
  if (path.startsWith('/v1/bill')) return terminals.agent;
  return typeof sector === 'string' && sector in terminals ? terminals[sector as 'shops'] : terminals.shops;
}

interface Targeting extends ArbitraryTools {
  readonly of: Posted | null;
  readonly random: SeededRandom;
}

function targetOf(operation: Operation, { of, random, known, ...tools }: Targeting): string {
  const choice = () => random.int(seedMax);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const existing = of?.id ?? known.pick(thingOf(operation.path, name), choice());
    return encodeURIComponent(String(existing ?? '987654321'));
  });
  const words = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .filter(({ required }) => required === true || random.chance(40))
    .map(({ name, schema }): [string, string] => {
      const arbitrary = valuesOf(schema, { known, ...tools }, name);
      return [name, String(fc.sample(arbitrary, { numRuns: 1, seed: choice() })[0])];
    });
  return words.length === 0 ? path : `${path}?${new URLSearchParams(words)}`;
}

/** Of what a place in a path is the id. */
const things: readonly (readonly [start: string, thing: string])[] = [
  ['/v1/card-accounts/mine/loads/', 'loadId'],
  ['/v1/card-accounts/', 'cardAccountId'],
  ['/v1/cards/', 'cardId'],
  ['/v1/staff/', 'staffId'],
  ['/v1/api-keys/', 'apiKeyId'],
  ['/v1/subsidy-batches/', 'batchId'],
  ['/v1/utilities/', 'utility'],
  ['/v1/participants/mine/webhook-endpoints/', 'endpointId'],
  ['/v1/participants/mine/transactions/', 'transactionId'],
  ['/v1/webhook-endpoints/', 'endpointId'],
];

function thingOf(path: string, name: string): string {
  if (name !== 'id') return name;
  return things.find(([start]) => path.startsWith(start))?.[1] ?? name;
}

function csv(known: Known, random: SeededRandom): string {
  const lines = Array.from(
    { length: random.int(4) },
    (_, i) => `${i + 1},${known.pick('idNumber', random.int(seedMax))},甲测试,${1 + random.int(9_000)}`,
  );
  const odd = random.pick(['', 'x,y\n', '1,,,\n', '"\n', '\u0000\n']);
  return `line,idNumber,name,amount\n${lines.join('\n')}\n${random.chance(20) ? odd : ''}`;
}
