import { decideProposal, propose } from '#access/four-eyes.ts';
import type { BillParts } from '#bills/payment-steps.ts';
import { utilityClient } from '#bills/utility-client.ts';
import { findPayees } from '#cards/people/find-payees.ts';
import { isIdNumber } from '#cards/rules/id-number.ts';
import { scheduleBills } from '#channels/schedule/drive-bills.ts';
import { scheduleLoadOrders } from '#channels/schedule/drive-load-orders.ts';
import { schedulePartitions } from '#channels/schedule/keep-partitions.ts';
import { schedulePayments } from '#channels/schedule/pay-batches.ts';
import { scheduleReferenceRefresh } from '#channels/schedule/refresh-reference.ts';
import { scheduleCardSweep } from '#channels/schedule/sweep-cards.ts';
import { scheduleHoldSweep } from '#channels/schedule/sweep-holds.ts';
import { scheduleSignInSweep } from '#channels/schedule/sweep-sign-ins.ts';
import { scheduleWebhooks, type WebhookSchedule } from '#channels/schedule/tell-participants.ts';
import type { Clearing } from '#clearing/open.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import { httpBank } from '#load-orders/bank/http-bank.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { nameServerResolver } from '#webhooks/delivery/addresses.ts';
import { openDelivery } from '#webhooks/delivery/deliver.ts';
import { openSender } from '#webhooks/delivery/send.ts';
import type { EndpointParts } from '#webhooks/endpoints/keep-endpoints.ts';

/** What takes more than one transaction, with what each of it needs. */
export interface ErrandParts {
  readonly clearing: Clearing;
  readonly log: Log;
  readonly bills: BillParts;
  readonly loadOrders: LoadOrderParts;
  readonly disbursements: DisbursementParts;
  readonly webhooks: EndpointParts;
}

export interface ErrandOptions {
  readonly clearing: Clearing;
  readonly pool: Pool;
  /** For what takes its time: a file of a hundred thousand lines is one transaction. */
  readonly reports: Pool;
  readonly secrets: Secrets;
  readonly log: Log;
  /** A holder waits for the bank: a debit and an inquiry, so long each at the most. */
  readonly bankTimeoutMs: number;
  /** Whether webhooks may go into private networks; no where nobody says so. */
  readonly webhookPrivateNetworks?: boolean;
}

export function errandParts(options: ErrandOptions): ErrandParts {
  const { clearing, pool, reports, secrets, log, bankTimeoutMs } = options;
  const policy = { privateNetworks: options.webhookPrivateNetworks ?? false };
  const connect: BillParts['connect'] = (terms) => utilityClient(terms, secrets.open(terms.keySealed));
  return {
    clearing,
    log,
    bills: { session: sessionOf(pool), clearing, connect, log },
    loadOrders: { pool, clearing, secrets, log, connect: httpBank, bankTimeoutMs },
    disbursements: {
      pool: reports,
      secrets,
      fourEyes: { propose, decideProposal },
      checkIdNumber: (text) => isIdNumber(text, hainanDay(Date.now())),
      findPayees: (session, digests) => findPayees(session, secrets, digests),
      nowMs: Date.now,
    },
    webhooks: { pool, secrets, policy },
  };
}

/** Everything that goes on by itself: what is over is tidied up, what was left half done is finished. */
export function startSchedules(
  parts: ErrandParts,
  pools: {
    readonly pool: Pool;
    readonly reports: Pool;
    readonly signInPool: Pool;
    readonly webhookPool: Pool;
  },
  secrets: Secrets,
): readonly { stop(): Promise<void> }[] {
  const { clearing, log, bills, loadOrders, webhooks } = parts;
  return [
    scheduleHoldSweep(pools.pool, log),
    scheduleCardSweep(pools.pool, log),
    scheduleReferenceRefresh(clearing.reference, log),
    schedulePartitions({ pool: pools.reports, log }),
    scheduleSignInSweep(pools.signInPool, log),
    scheduleLoadOrders(loadOrders),
    scheduleBills({ ...bills, reports: pools.reports }),
    schedulePayments({ pool: pools.reports, clearing }, log),
    scheduleWebhooks(webhookSchedule(pools.webhookPool, { secrets, log, policy: webhooks.policy })),
  ];
}

/** What is told and sent by itself, on connections of its own. */
function webhookSchedule(
  pool: Pool,
  { secrets, log, policy }: Pick<EndpointParts, 'policy'> & { readonly secrets: Secrets; readonly log: Log },
): WebhookSchedule {
  const sender = openSender({ policy, resolve: nameServerResolver() });
  const delivery = openDelivery({ pool, secrets, sender, log, nowMs: Date.now, random: Math.random });
  return { pool, log, sender, delivery };
}
