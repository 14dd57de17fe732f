import { openJudgedPins } from '#access/judged-pins.ts';
import { limitAddresses } from '#access/sign-in/addresses.ts';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { lookRecorder, onceAMinute } from '#audit/looks.ts';
import { openBillDesk } from '#bills/desk.ts';
import { cardResolver } from '#cards/resolve.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { openPlaces } from '#platform/limits/places.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { terminalGate } from '#terminals/authenticate.ts';
import type { ErrandParts } from './errands.ts';

const rememberedCardsMax = 1_000_000;
/** A person or a participant's program that calls more often than this is asked to wait. */
const callsPerMinuteMax = 1_200;
const callersMax = 50_000;
/** Reports that read a participant's every transaction of some days, at a time. */
const figuresMax = 2;

/** What the interface is built from, of what was started. */
export interface Running extends ErrandParts, Pick<HttpParts, 'metrics'> {
  readonly pool: Pool;
  readonly reports: Pool;
  /** A flood of guesses waits for these few, and never for those that payments need. */
  readonly signInPool: Pool;
  readonly secrets: Secrets;
  readonly proxyAddress?: string | undefined;
  readonly whyNotReady?: HttpParts['whyNotReady'];
}

export function httpParts(running: Running): HttpParts {
  const { clearing, pool, reports, signInPool, secrets, log, metrics, bills, proxyAddress } = running;
  const { loadOrders, disbursements, webhooks, whyNotReady = () => null } = running;
  const session = sessionOf(pool);
  return {
    clearing,
    loadOrders,
    disbursements,
    webhooks,
    figures: openPlaces(figuresMax),
    pool,
    secrets,
    reports,
    session,
    recordLook: onceAMinute(lookRecorder(session), Date.now),
    calls: limitAddresses(Date.now, { triesMax: callsPerMinuteMax, addressesMax: callersMax }),
    log,
    metrics,
    whyNotReady,
    bills: openBillDesk(bills),
    utilities: { pool, reference: clearing.reference, seal: secrets.seal },
    signIns: openSignInDesk({ pool: signInPool, secrets, proxyAddress }),
    gate: terminalGate({
      terminals: () => clearing.reference.current().terminals,
      open: secrets.open,
      nowMs: Date.now,
    }),
    holderActs: limitAddresses(Date.now),
    judgedPins: openJudgedPins(Date.now),
    resolveCard: cardResolver({
      session,
      digest: secrets.cardNumberDigest,
      rememberedMax: rememberedCardsMax,
    }),
  };
}
