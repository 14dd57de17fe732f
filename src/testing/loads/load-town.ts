import { systemActor } from '#audit/rules/event.ts';
import type { Clearing } from '#clearing/open.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { readBalances } from '#ledger/balances.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
import { httpBank } from '#load-orders/bank/http-bank.ts';
import { bindAccount, connectBanks } from '#load-orders/bindings.ts';
import { driveDueOrders } from '#load-orders/drive.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import { requestLoad } from '#load-orders/request-load.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets, type Secrets } from '#platform/secrets.ts';
import { type StandInBank, startStandInBank } from '#start/stand-in-bank.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { buildTown, cardRef, town } from '#testing/town.ts';

const masterKeyHex = 'c0c0'.repeat(16);
const clientId = 46;
const bankTimeoutMs = 250;
const lateMs = 900;

/** A debit as the bank's own books say it. */
interface BankDebit {
  readonly reference: string;
  readonly amount: number;
  readonly state: 'done' | 'refused' | 'returned' | 'never';
}

/** A small town whose bank is a real process that misbehaves by account number (fixtures/bank). */
export interface LoadTown {
  readonly house: TestTown;
  readonly clearing: Clearing;
  readonly secrets: Secrets;
  readonly parts: LoadOrderParts;
  /** Binds a bank account of this behaviour to a card, misbehaving so many times for a reference (9: always). */
  bind(card: number, behaviour: string, times?: number): Promise<void>;
  /** Orders a load as the card's holder, under a key of its own unless one is given. */
  order(
    card: number,
    over?: { amount?: number; purse?: Purse; key?: string; parts?: LoadOrderParts },
  ): ReturnType<typeof requestLoad>;
  /** Lets every lease and pause be over, and drives until no order is open; the bank's answers decide how long. */
  finish(parts?: LoadOrderParts): Promise<void>;
  /** Makes every order so many milliseconds older. */
  age(ms: number): Promise<void>;
  bankBooks(): Promise<BankDebit[]>;
  online(card: number): Promise<bigint>;
  close(): Promise<void>;
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const roundsMax = 20;

export async function openLoadTown(cards: number): Promise<LoadTown> {
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  const key = secrets.demoSecret('bank of the test town');
  const bank: StandInBank = await startStandInBank({ key, clientId, lateMs, balanceFen: 100_000_000 });
  const house = await openTestTown(async (owner) => {
    await buildTown(owner, { merchants: 1, cards });
    const { address } = bank;
    await connectBanks(owner, [
      { participantId: town.bankId, address, clientId, keySealed: secrets.seal(key) },
    ]);
  });
  const clearing = await house.open({ lanes: 2 });
  const parts = { pool: house.pool, clearing, secrets, log: silent, connect: httpBank, bankTimeoutMs };
  let keys = 0;
  let accounts = 0;
  const makeDue = () =>
    house.owner.query(
      `update load_orders.orders set due_at = clock_timestamp() where state in ('requested', 'debited', 'returning')`,
    );
  return {
    house,
    clearing,
    secrets,
    parts,
    bind: async (card, behaviour, times = 0) => {
      const accountNumber = `9100${behaviour}${times}${String(++accounts).padStart(6, '0')}`;
      const { cardAccountId } = cardRef(card);
      const bound = { cardAccountId, participantId: town.bankId, accountNumber, consentVersion: '1' };
      await bindAccount(house.pool, { ...bound, actor: systemActor }, secrets.sealPersonal);
    },
    order: (card, over = {}) => {
      const { cardAccountId } = cardRef(card);
      return requestLoad(over.parts ?? parts, {
        cardAccountId,
        purse: over.purse ?? 'online',
        amountFen: fen(over.amount ?? 5_000),
        callerKey: callerKey(`holder ${cardAccountId}`, over.key ?? `key ${++keys}`),
        actor: { kind: 'holder', id: cardAccountId },
      });
    },
    finish: async (by = parts) => {
      for (let round = 0; round < roundsMax; round++) {
        await makeDue();
        if ((await driveDueOrders(by)) === 0) return;
      }
    },
    age: async (ms) => {
      // What an order asks for never changes, its age included: only a session that skips triggers may.
      await house.owner.query(`set session_replication_role = replica;
        update load_orders.orders set created_at = created_at - ${ms} * interval '1 ms';
        set session_replication_role = origin`);
    },
    bankBooks: async () => (await (await fetch(`${bank.address}/books`)).json()) as BankDebit[],
    online: async (card) => {
      const balances = await readBalances(sessionOf(house.pool), cardRef(card).cardAccountId);
      return balances.find((balance) => balance.purse === 'online')?.postedFen ?? -1n;
    },
    close: async () => {
      await house.close();
      await bank.stop();
    },
  };
}
