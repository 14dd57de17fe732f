import { type Clearing, openClearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { fen } from '#money/fen.ts';
import { openPool } from '#platform/postgres.ts';
import { cardRef, loadTown, merchantTerminal, townRequest } from '#testing/town.ts';
import { type Answer, closedLoop } from './closed-loop.ts';
import { type Measured, metered } from './figures/measured.ts';
import { openingTotalFen, type Payment, poorFrom, traceOf, traffic } from './workload.ts';
import { isClosing, type World } from './world.ts';

/** Our path, open on the world's town, and how large its groups were. */
export interface Ours {
  readonly clearing: Clearing;
  /** Groups and requests since the last call. */
  takeGroups(): { groups: number; requests: number };
}

/** How a measurement of our path differs from the others. */
export interface OurLoad {
  readonly inFlight: number;
  readonly seconds: number;
  /** Where all payments go to one merchant, whatever the workload says. */
  readonly oneMerchant?: boolean;
}

/** Opens clearing with two lanes and fills the purses through it. */
export async function openOurs(world: World): Promise<Ours> {
  const pool = openPool(world.url, 4);
  world.onClose(() => pool.end());
  const counted = { groups: 0, requests: 0 };
  const fail = (what: unknown) => isClosing() || console.error('clearing:', what);
  const clearing = await openClearing({
    url: world.url,
    pool,
    lanes: 2,
    groupSizeMax: 512,
    queueLengthMax: 8_192,
    requestTimeoutMs: 10_000,
    groupTimeoutMs: 10_000,
    watch: {
      groupCleared: ({ size }) => {
        counted.groups += 1;
        counted.requests += size;
      },
      groupRunAgain: fail,
      answeredEarly: () => undefined,
      fault: fail,
    },
  });
  world.onClose(() => clearing.close());
  await loadTown(clearing, { cards: poorFrom(world.cards), amountFen: traffic.openingFen });
  return {
    clearing,
    takeGroups: () => {
      const taken = { ...counted };
      counted.groups = 0;
      counted.requests = 0;
      return taken;
    },
  };
}

/** Measures our path in this process, all rules on, and checks the books after. */
export async function measureOurs(world: World, ours: Ours, load: OurLoad): Promise<Measured> {
  const meters = { postgresPid: world.postgresPid, nodePid: process.pid, redisPid: null };
  ours.takeGroups();
  const measured = await metered(meters, () =>
    closedLoop({
      ...load,
      sequence: world.sequence,
      cards: world.cards,
      pay: (payment, isRepeat) => {
        const request = requestOf(load.oneMerchant ? { ...payment, merchant: 1 } : payment);
        return ours.clearing.submit({ request, isRepeat }).then(readAnswer);
      },
    }),
  );
  const { groups, requests } = ours.takeGroups();
  await checkBooks(world);
  return { ...measured, groupSize: requests / groups };
}

/** A payment of the workload as a channel would hand it in. */
export function requestOf(payment: Payment): Request {
  const { traceNumber, localDate } = traceOf(payment.n);
  return townRequest(traceNumber, {
    terminalId: merchantTerminal(payment.merchant),
    card: cardRef(payment.card),
    amountFen: fen(BigInt(payment.amountFen)),
    localDate,
  });
}

/** A decision of the one path; anything else ends the bench. */
export function readAnswer(answer: Awaited<ReturnType<Clearing['submit']>>): Answer {
  if (answer.status !== 'decided') throw new Error(`a payment was answered "${answer.status}"`);
  if (answer.refusal !== null && answer.refusal !== 'insufficient-funds')
    throw new Error(`a payment was declined for ${answer.refusal}`);
  return { declined: answer.refusal !== null, replay: answer.replay };
}

/** What the cards have and what the merchants are owed is together what there was at the start. */
export async function checkBooks(world: World): Promise<void> {
  const { rows } = await world.owner.query<{ purses: string; payable: string; sum: string }>(`
    select (select coalesce(sum(balance_fen), 0) from ledger.accounts) purses,
      coalesce(sum(credit_fen - debit_fen) filter (where account_id & 15 = 8 and account_id >= 16), 0) payable,
      coalesce(sum(credit_fen - debit_fen), 0) sum from ledger.day_totals`);
  const [books] = rows;
  const total = BigInt(books?.purses ?? 0) + BigInt(books?.payable ?? 0);
  const due = openingTotalFen(world.cards);
  if (total !== due || books?.sum !== '0')
    throw new Error(`wrong money: ${total} fen where ${due} are due, day sum ${books?.sum}`);
}
