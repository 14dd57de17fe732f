import { mayCall } from '#testing/http/who-may-call.ts';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { type Caller, openCallers } from './callers.ts';
import { type Exchange, openExchange } from './exchange.ts';
import type { House } from './house.ts';
import { type Finding, type Judge, openJudge } from './judge.ts';
import { openOwned } from './owned.ts';
import { type Document, type Interface, type Operation, readDocument } from './requests/document.ts';
import { type Draft, type Generator, openGenerator } from './requests/generate.ts';
import { headerSpoilers, oddMethods, oddTexts, spoil } from './requests/spoil.ts';
import { openTown } from './requests/town.ts';
import { readWhatIsMade, tellStory } from './story.ts';
import { openWire, type Wire } from './wire.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly requests: number;
  readonly say: (line: string) => void;
}

/** What a run found. */
export interface FuzzResult {
  readonly sent: number;
  /** By what they are, with how often and one example. */
  readonly findings: ReadonlyMap<string, { readonly finding: Finding; times: number }>;
  readonly coverage: Judge['coverage'];
  readonly its: Interface;
  readonly faults: readonly string[];
  /** Whether the books hold after all of it. */
  readonly isVerified: boolean;
}

const workers = 4;
const progressEvery = 2_000;

/** Sends so many requests of every kind, from every kind of caller, and judges every answer. */
export async function runFuzz(house: House, { seed, requests, say }: FuzzOptions): Promise<FuzzResult> {
  const wire = openWire(house.port);
  const its = readDocument(await documentOf(wire));
  const [known, owned, callers] = [openTown(), openOwned(), openCallers(house)];
  const findings = new Map<string, { readonly finding: Finding; times: number }>();
  const report = (found: readonly Finding[]) => {
    for (const finding of found) {
      const before = findings.get(`${finding.kind} ${finding.what}`);
      if (before === undefined) findings.set(`${finding.kind} ${finding.what}`, { finding, times: 1 });
      else before.times += 1;
    }
  };
  const judge = openJudge(its, owned.foreign);
  const exchange = openExchange({ its, wire, judge, known, owned, report });
  const story = { exchange, callers, known, signIns: house.signIns, say };
  await tellStory(story);
  say(`the story is told: ${exchange.sent()} requests`);
  const generator = openGenerator({ schemas: its.schemas, known });
  const tools = { its, callers, generator, exchange };
  let said = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      const random = seededRandom(seed * 100 + worker);
      while (exchange.sent() < requests) {
        await sendOne(tools, random);
        if (exchange.sent() >= said + progressEvery) {
          said += progressEvery;
          say(`${exchange.sent()} requests, ${findings.size} findings`);
        }
      }
    }),
  );
  await readWhatIsMade(story);
  wire.close();
  const isVerified = await house.verify();
  return { sent: exchange.sent(), findings, coverage: judge.coverage, its, faults: house.faults, isVerified };
}

async function documentOf(wire: Wire): Promise<Document> {
  const answer = await wire.send({ method: 'GET', target: '/openapi.json', headers: [], body: null });
  return answer.json as Document;
}

interface Tools {
  readonly its: Interface;
  readonly callers: readonly Caller[];
  readonly generator: Generator;
  readonly exchange: Exchange;
}

/** One request of any kind. */
async function sendOne({ its, callers, generator, exchange }: Tools, random: SeededRandom): Promise<void> {
  const operation = random.pick(its.operations);
  const caller = callerFor(operation, callers, random);
  const draft = generator.draft(operation, random);
  const turn = random.int(100);
  if (turn < 55) await exchange.send(draft, { caller, label: 'valid' });
  else if (turn < 75) await sendSpoilt(exchange, { draft, operation, caller }, random);
  else if (turn < 85) await exchange.send(oddTarget(draft, random), { caller, label: 'an odd target' });
  else if (turn < 95) {
    const [label, change] = random.pick(headerSpoilers);
    await exchange.send(draft, { caller, label, change });
  } else {
    const method = random.pick(oddMethods);
    await exchange.send({ ...draft, method }, { caller, label: `the method ${method}` });
  }
}

/** Mostly somebody who may, else anybody. */
function callerFor({ name }: Operation, callers: readonly Caller[], random: SeededRandom): Caller {
  const may = callers.filter((caller) => mayCall[name]?.includes(caller.name));
  return random.pick(random.chance(60) && may.length > 0 ? may : callers);
}

async function sendSpoilt(
  exchange: Exchange,
  { draft, operation, caller }: { draft: Draft; operation: Operation; caller: Caller },
  random: SeededRandom,
): Promise<void> {
  const { value } = draft;
  if (operation.body === null || typeof value !== 'object' || value === null) {
    const body = random.pick([Buffer.from('{}'), Buffer.from([0, 255, 1]), Buffer.from('"x"')]);
    await exchange.send({ ...draft, body, value: undefined }, { caller, label: 'a strange body' });
    return;
  }
  const { label, bytes, type = draft.type } = spoil(value as Record<string, unknown>, random);
  const spoilt = { ...draft, body: bytes, type, value: jsonOf(bytes, type) };
  await exchange.send(spoilt, { caller, label });
}

/** What the bytes are as JSON; undefined, which no schema allows, where they are none. */
function jsonOf(bytes: Buffer, type: string | null): unknown {
  if (type !== 'application/json') return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

const longQuery = `q=${'x'.repeat(9_000)}`;

function oddTarget(draft: Draft, random: SeededRandom): Draft {
  const [path = '', query] = draft.target.split('?');
  const odd = random.pick(oddTexts);
  const target = random.pick([
    path.replace(/[^/]+$/, odd),
    path.replace(/\/[^/]+$/, ''),
    `${path}/`,
    `/${path}`,
    `${path}?notKnown=1`,
    `${path}?limit=1&limit=2`,
    `${path}?limit=${odd}&before=${odd}&after=${odd}`,
    `${path}?state=${odd}&format=${odd}&period=${odd}`,
    `${path}?${query ?? 'limit=5'}&${longQuery}`,
    `${path}?%ff=%fe`,
    path.toUpperCase(),
    path.replace('/v1/', '/v2/'),
  ]);
  return { ...draft, target };
}
