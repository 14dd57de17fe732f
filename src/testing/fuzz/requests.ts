import fc from 'fast-check';
import { openApiDocument } from '#channels/http/openapi.ts';
import { holderApp } from '#channels/pages/holder-app.ts';
import type { HolderParts } from '#channels/pages/parts.ts';
import { plantedTexts } from './planted.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
const document = openApiDocument() as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

export const fuzzRoles = [
  'holder',
  'participant',
  'administrator',
  'operator',
  'finance',
  'auditor',
] as const;
/** Who sends: a terminal, somebody with a token of that role, or nobody; or a terminal or a token that is none. */
const fuzzCallers = ['terminal', 'terminal-wrong', 'nobody', 'planted-token', ...fuzzRoles] as const;
type FuzzCaller = (typeof fuzzCallers)[number];

/** A route of the service, with a body that it takes where it takes one. */
export interface FuzzRoute {
  readonly method: string;
  readonly path: string;
  readonly type: 'application/json' | 'text/csv' | 'application/x-www-form-urlencoded' | null;
  readonly schema: Schema | null;
  /** Who is let in, as far as the document says it: those whom a request is mostly from. */
  readonly callers: readonly FuzzCaller[];
}

const ofDocument: FuzzRoute[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { requestBody, security }]) => {
    const [type = null, content = null] = Object.entries(requestBody?.content ?? {})[0] ?? [];
    const callers = security?.some((one) => 'terminal' in one) ? ['terminal'] : fuzzRoles;
    return {
      method: method.toUpperCase(),
      path,
      type,
      schema: content?.schema ?? null,
      callers,
    } as FuzzRoute;
  }),
);
const fields = [
  'cardNumber',
  'password',
  'back',
  'permanent',
  'current',
  'next',
  'again',
  'threshold',
  'amount',
  'consent',
];
const form: Schema = {
  type: 'object',
  properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])),
};
// No page is asked for here, so none of its parts is needed.
const ofPages: FuzzRoute[] = holderApp({} as HolderParts)
  .routes.filter(({ method }) => method === 'GET' || method === 'POST')
  .map(({ method, path }) => ({
    ...{ method, path: path.replace(/:(\w+)/g, '{$1}'), callers: ['holder'] as const },
    ...(method === 'POST'
      ? { type: 'application/x-www-form-urlencoded', schema: form }
      : { type: null, schema: null }),
  }));
export const fuzzRoutes: readonly FuzzRoute[] = [...ofDocument, ...ofPages];

/** A request before anybody signs it. */
export interface FuzzRequest {
  readonly route: FuzzRoute;
  readonly caller: FuzzCaller;
  /** The path with its query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Tells two requests apart that say the same. */
  readonly nth: number;
}

const planted = fc.constantFrom(...plantedTexts);
const plantedValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: planted },
  planted.map((text) => `that is ${text}, she said`),
  planted.map((text) => Number(text.replace(/\D/g, '').slice(0, 15))),
  planted.map((text) => [text, { [text]: text }]),
  planted.map((text) => ({ [text]: { [text]: [text] } })),
  fc.constant(null),
);
const headerNames = [
  ...['idempotency-key', 'terminal-id', 'request-time', 'request-signature', 'retry-attempt', 'content-type'],
  ...[
    'x-pin',
    'user-agent',
    'referer',
    'cookie',
    'accept-language',
    'origin',
    'x-forwarded-for',
    'authorization',
  ],
];
const seldom = <T>(times: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const asciiPlanted = planted.filter((text) => /^[\x20-\x7e]+$/.test(text));

const shape = fc.record({
  route: fc.constantFrom(...fuzzRoutes),
  mostly: fc.nat(999),
  other: seldom(4, fc.constantFrom(...fuzzCallers)),
  mutations: fc.array(fc.record({ at: fc.nat(40), put: plantedValue }), { maxLength: 2 }),
  extra: seldom(6, fc.tuple(planted, plantedValue)),
  inPath: seldom(5, planted),
  longer: seldom(20, planted),
  query: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom('before', 'limit', 'period', 'format', 'back', 'subject', 'act'), planted),
      planted,
    ),
    {
      maxLength: 2,
    },
  ),
  header: seldom(4, fc.tuple(fc.constantFrom(...headerNames), asciiPlanted)),
  cutAt: seldom(25, fc.nat(300)),
  card: fc.nat(19),
});

/** Requests to every route, mostly nearly right, with something planted somewhere in each. */
export function fuzzRequests(count: number, seed: number, cards: readonly string[]): FuzzRequest[] {
  return fc.sample(shape, { numRuns: count, seed }).map((drawn, nth) => {
    const { route, other, mostly, header } = drawn;
    const caller = other ?? route.callers[mostly % route.callers.length] ?? 'nobody';
    const cardNumber = cards[drawn.card % cards.length] ?? '';
    const body = bodyText(drawn, { nth, cardNumber });
    return { route, caller, headers: header === null ? [] : [header], nth, target: targetText(drawn), body };
  });
}

type Drawn = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function targetText({ route, inPath, longer, query, card }: Drawn): string {
  const own = { id: String(1_000_000 + card), date: '2026-11-22', code: 'elder-2026', name: 'x', step: 'x' };
  const filled = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(inPath ?? (own as Record<string, string>)[name] ?? 'x'),
  );
  const path = longer === null ? filled : `${filled}/${encodeURIComponent(longer)}`;
  return query.length === 0
    ? path
    : `${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`;
}

interface Own {
  readonly nth: number;
  readonly cardNumber: string;
}

function bodyText({ route, mutations, extra, cutAt }: Drawn, own: Own): string {
  if (route.type === 'text/csv') {
    const rows = mutations.map(({ put }, i) => `${i + 1},${put},${put},900`);
    return ['line,idNumber,name,amount', ...rows].join('\n');
  }
  const body = route.schema === null ? {} : goodValue('', route.schema, own);
  let place = 0;
  const put = (value: unknown): unknown => {
    const found = mutations.find(({ at }) => at === place++);
    if (found !== undefined) return found.put;
    if (Array.isArray(value)) return value.map(put);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, put(field)]));
  };
  const changed = put(body);
  const whole =
    changed !== null && typeof changed === 'object' && !Array.isArray(changed)
      ? { ...changed, ...Object.fromEntries(extra === null ? [] : [extra]) }
      : changed;
  if (route.type === 'application/x-www-form-urlencoded') return formText(whole);
  const text = JSON.stringify(whole);
  return cutAt === null ? text : text.slice(0, cutAt);
}

function formText(body: unknown): string {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>);
  return String(
    new URLSearchParams(
      entries.map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );
}

/** A value that the route takes, by what its field is called and its schema says. */
function goodValue(name: string, schema: Schema, own: Own): unknown {
  const { $ref, anyOf, oneOf, properties, items } = schema;
  if ($ref !== undefined)
    return goodValue(name, document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, own);
  const [one] = anyOf ?? oneOf ?? [];
  if (one !== undefined) return goodValue(name, one, own);
  if (properties !== undefined)
    return Object.fromEntries(
      Object.entries(properties).map(([field, inner]) => [field, goodValue(field, inner, own)]),
    );
  if (items !== undefined) return [goodValue(name, items, own)];
  const known = knownValues(own)[name];
  if (known !== undefined) return known;
  if (schema.enum !== undefined) return schema.enum[own.nth % schema.enum.length];
  if (schema.type === 'integer' || schema.type === 'number') return 1 + (own.nth % 900);
  return schema.type === 'boolean' ? own.nth % 2 === 0 : 'x';
}

/** What people write where a reason is asked for: numbers, too. A name or a sentence is told apart by nobody. */
const writtenBy = (nth: number) => {
  const numbers = plantedTexts.filter((text) => /\d{4}/.test(text.normalize('NFKC')) || text.length > 30);
  return `seen at the counter: ${numbers[nth % numbers.length]}`;
};

const knownValues = ({ nth, cardNumber }: Own): Readonly<Record<string, unknown>> => ({
  cardNumber,
  currency: 'CNY',
  batchNumber: 1,
  traceNumber: nth,
  localTime: '2026-11-22T08:30:00',
  amount: 100 + (nth % 900),
  password: '730194',
  current: '246813',
  next: '730195',
  detail: nth % 2 === 0 ? {} : { purse: 'online' },
  name: nth % 2 === 0 ? 'finance-1' : '欧阳测试甲',
  displayName: '司徒测试乙',
  idNumber: plantedTexts.find((text) => text.startsWith('460106')),
  accountNumber: plantedTexts[0],
  reason: writtenBy(nth),
  remark: writtenBy(nth),
  code: '123456',
  period: '2026-11',
  consentVersion: '1',
});
