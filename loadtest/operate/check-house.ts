import { setTimeout as sleep } from 'node:timers/promises';
import { dashboardQuestions } from './dashboard.ts';
import type { House } from './house.ts';
import { local } from './places.ts';
import type { Traffic } from './traffic.ts';

/** What was found, one sentence each; `isGood` is false where one of them must not be. */
export interface Finding {
  readonly isGood: boolean;
  readonly says: string;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

const lookLimitMs = 60_000;

/** Asks Prometheus a question of the dashboard. */
async function ask(house: House, expr: string): Promise<Answer> {
  const url = `http://${local(house.places.prometheus)}/api/v1/query?query=${encodeURIComponent(expr)}`;
  return (await (await fetch(url)).json()) as Answer;
}

async function until(isTrue: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await sleep(250))
    if (await isTrue()) return true;
  return false;
}

/** The number of instances that Prometheus sees. */
async function instancesSeen(house: House): Promise<number> {
  const { data } = await ask(house, 'sum(up{job="one-card"})');
  return Number(data?.result[0]?.value[1] ?? 0);
}

/** Looks at the dashboard through Prometheus, then kills an instance under traffic and looks again. */
export async function checkHouse(house: House, traffic: Traffic): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note = (isGood: boolean, says: string) => findings.push({ isGood, says });
  const areSeen = await until(async () => (await instancesSeen(house)) === 2, lookLimitMs);
  note(areSeen, 'Prometheus sees both instances');
  const hasRate = await until(
    async () =>
      Number((await ask(house, 'sum(one_card:payments:rate1m)')).data?.result[0]?.value[1] ?? 0) > 0,
    lookLimitMs,
  );
  note(hasRate, 'the dashboard shows payments');
  const isGreen = await until(
    async () => (await ask(house, 'max(one_card_books_state)')).data?.result[0]?.value[1] === '0',
    lookLimitMs,
  );
  note(isGreen, "the books' lamp is green");
  const answers = await Promise.all(
    dashboardQuestions().map(async (question) => ({ ...question, answer: await ask(house, question.expr) })),
  );
  const wrong = answers.filter(({ answer }) => answer.status !== 'success');
  note(wrong.length === 0, `Prometheus understands the ${answers.length} questions of the dashboard`);
  for (const { place, answer } of wrong) note(false, `${place}: ${answer.error}`);
  const silent = answers.filter(({ answer }) => answer.data?.result.length === 0).map(({ place }) => place);
  // Nothing is said of what has not happened: a standby that there is not, a message that no terminal sent.
  note(true, `panels with nothing to show yet: ${[...new Set(silent)].join(', ') || 'none'}`);
  await killOne(house, traffic, note);
  return findings;
}

type Note = (isGood: boolean, says: string) => void;

async function killOne(house: House, traffic: Traffic, note: Note): Promise<void> {
  const pidOf = (name: string) => house.running().find((part) => part.name === name)?.pid ?? 0;
  const instance = pidOf('service-2');
  const before = traffic.paid();
  process.kill(instance, 'SIGKILL');
  await sleep(3_000);
  note(traffic.paid() > before, 'with one instance killed the other goes on paying');
  const isBack = await until(
    async () => pidOf('service-2') !== instance && (await isReady(house)),
    lookLimitMs,
  );
  note(isBack, 'the killed instance is back');
  const postgres = pidOf('postgres');
  process.kill(postgres, 'SIGKILL');
  await until(async () => pidOf('postgres') !== postgres, lookLimitMs);
  const paid = traffic.paid();
  const paysAgain = await until(async () => traffic.paid() > paid, lookLimitMs);
  note(paysAgain, 'PostgreSQL was killed, is back, and payments go on');
  await traffic.stop();
  const failed = traffic.failed();
  note(
    failed.length === 0,
    `${traffic.sent()} payments, each answered${failed.length === 0 ? '' : ` but: ${failed.join(' ')}`}`,
  );
}

async function isReady(house: House): Promise<boolean> {
  const port = house.places.instances[1]?.http ?? 0;
  return fetch(`http://${local(port)}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}
