import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { HttpAnswer, TerminalClient } from '#testing/terminal-client.ts';
import type { Fault } from './schedule.ts';

/** What finance was told about a day it closed. */
interface Closed {
  readonly businessDate: string;
  readonly seal: string;
  readonly nextDate: string;
}

/** Finance staff, who close the business day over HTTP, on either instance or on both at once. */
export interface Finance {
  readonly closed: ReadonlyMap<string, Closed>;
  readonly contradictions: readonly string[];
  readonly faults: readonly Fault[];
  /** Closes the open day now; throws when it cannot. */
  closeLast(): Promise<void>;
}

export interface FinanceOptions {
  readonly wire: TerminalClient;
  readonly token: string;
  readonly addresses: readonly string[];
  readonly random: SeededRandom;
}

const timeoutMs = 20_000;

export function finance({ wire, token, addresses, random }: FinanceOptions): Finance {
  const closed = new Map<string, Closed>();
  const contradictions: string[] = [];
  const note = (businessDate: string, { status, body }: HttpAnswer): string => {
    if (status !== 200) return `answered ${status}`;
    const told = closedOf(body);
    const before = closed.get(businessDate);
    closed.set(businessDate, before ?? told);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(told))
      contradictions.push(`day ${businessDate} was closed as ${JSON.stringify([before, told])}`);
    return 'closed';
  };
  const close = async (address: string, date: string) => {
    const url = `${address}/v1/business-days/${date}/close`;
    const answer = await wire.call(token, { method: 'POST', url }, timeoutMs).catch(() => undefined);
    return answer === undefined ? 'not answered' : note(date, answer);
  };
  const closeOn = async (targets: readonly string[]) => {
    const date = await openDate({ wire, token, address: targets[0] as string });
    if (date === undefined) return 'the open day was not to be had';
    const told = await Promise.all(targets.map((address) => close(address, date)));
    return `${date} ${told.join(' and ')}`;
  };
  return {
    closed,
    contradictions,
    faults: [
      { name: 'day close', run: () => closeOn([random.pick(addresses)]) },
      { name: 'day close on both', run: () => closeOn(addresses) },
      {
        name: 'day close again',
        run: async () => {
          const [date] = [...closed.keys()].slice(-1);
          return date === undefined
            ? 'nothing is closed yet'
            : `${date} ${await close(random.pick(addresses), date)}`;
        },
      },
    ],
    closeLast: async () => {
      const told = await closeOn(addresses.slice(0, 1));
      if (!told.endsWith('closed')) throw new Error(`the last day could not be closed: ${told}`);
    },
  };
}

async function openDate(at: {
  readonly wire: TerminalClient;
  readonly token: string;
  readonly address: string;
}): Promise<string | undefined> {
  const url = `${at.address}/v1/business-days/current`;
  const answer = await at.wire.call(at.token, { method: 'GET', url }, timeoutMs).catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  return String((answer.body as Record<string, unknown>)['businessDate']);
}

function closedOf(body: unknown): Closed {
  const { businessDate, seal, nextDate } = body as Closed;
  return { businessDate, seal, nextDate };
}
