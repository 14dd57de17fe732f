import type { BillWish } from '#bills/pay-bill.ts';
import type { BillParts } from '#bills/payment-steps.ts';
import { type Payment, readPayment } from '#bills/store.ts';
import { putUtilities } from '#bills/utilities/store.ts';
import { utilityClient } from '#bills/utility-client.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { readBalances } from '#ledger/balances.ts';
import { openLog } from '#platform/log.ts';
import { sessionOf } from '#platform/postgres.ts';
import { startUtility, type UtilityBehaviour, type UtilityServer } from './servers/utility-server.ts';
import { openTestTown, type TestTown } from './test-town.ts';
import { cardRef, loadTown, merchantTerminal, town } from './town.ts';

/** A town with a utility: the real stand-in behind a port, real clearing, and terminals before which bills are paid. */
export interface BillTown {
  readonly house: TestTown;
  readonly server: UtilityServer;
  readonly parts: BillParts & { readonly reports: TestTown['pool'] };
  /** A wish of its own for a new bill of a new customer, for whom the utility behaves like this. */
  newWish(
    behaviours?: Parameters<UtilityServer['setCustomer']>[2],
    over?: Partial<BillWish>,
  ): Promise<BillWish>;
  /** The same bill at another terminal's, from another card. */
  another(wish: BillWish, over?: Partial<BillWish>): BillWish;
  onlineFen(card: number): Promise<bigint>;
  read(id: string): Promise<Payment>;
  /** Lets every lease and every wait of payments under way end now. */
  passTime(): Promise<void>;
  close(): Promise<void>;
}

export const billFen = 5_025n;
const loadedFen = 50_000_000n;
/** The utility has this long to answer; "late" is beyond it. */
const timeouts = { queryTimeoutMs: 100, writeOffTimeoutMs: 100 };
export const lateMs = 250;

export async function openBillTown(cards = 4): Promise<BillTown> {
  const house = await openTestTown({ merchants: 2, cards });
  const server = await startUtility(town.utilityId, lateMs);
  await putUtilities(sessionOf(house.owner), [
    {
      ...timeouts,
      participantId: town.utilityId,
      terminalId: town.utilityTerminal,
      baseUrl: server.baseUrl,
      keySealed: Buffer.alloc(1),
      active: true,
    },
  ]);
  const clearing = await house.open();
  await loadTown(clearing, { cards, amountFen: loadedFen });
  const session = sessionOf(house.pool);
  const parts = {
    session,
    clearing,
    reports: house.pool,
    log: openLog('silent'),
    connect: (terms: Parameters<typeof utilityClient>[0]) => utilityClient(terms, server.key),
  };
  let traces = 0;
  const trace = (terminalId: number) => {
    traces += 1;
    return {
      terminal: clearing.reference.current().terminals.get(terminalId) as BillWish['terminal'],
      callerKey: callerKey(String(terminalId), `bill ${traces}`),
      batchNumber: 1,
      traceNumber: traces,
      localTime: `${town.firstDay} 08:30:00`,
    };
  };
  return {
    house,
    server,
    parts,
    newWish: async (behaviours = {}, over = {}) => {
      const named = trace(merchantTerminal(1));
      const customerNumber = `80000${String(traces).padStart(5, '0')}`;
      const billNumber = `W-${traces}`;
      const bill = { billNumber, period: '2026-10', amount: 5_000, penalty: 25 };
      await server.setCustomer(customerNumber, [bill], behaviours);
      const asked = {
        customerNumber,
        billNumber,
        utilityId: town.utilityId,
        amountFen: billFen,
        purse: null,
      };
      return { ...named, ...asked, card: cardRef(0), ...over };
    },
    another: (wish, over = {}) => ({ ...wish, ...trace(merchantTerminal(2)), card: cardRef(1), ...over }),
    onlineFen: async (card) => {
      const balances = await readBalances(session, cardRef(card).cardAccountId);
      return balances.find((balance) => balance.purse === 'online')?.postedFen ?? 0n;
    },
    read: (id) => readPayment(session, id),
    passTime: async () => {
      await house.owner.query(
        `update bills.payments set leased_until = clock_timestamp(), next_drive_at = clock_timestamp()
          where state in ('reserved', 'abandoning', 'paid', 'returning') or cancellation = 'due'`,
      );
    },
    close: async () => {
      await house.close();
      await server.stop();
    },
  };
}

export type { UtilityBehaviour };
