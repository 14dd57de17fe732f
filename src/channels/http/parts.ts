import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { JudgedPins } from '#access/judged-pins.ts';
import type { AddressLimit } from '#access/sign-in/addresses.ts';
import type { SignInDesk } from '#access/sign-in/desk.ts';
import type { RecordLook } from '#audit/looks.ts';
import type { BillDesk } from '#bills/desk.ts';
import type { UtilityParts } from '#bills/save-utility.ts';
import type { ResolveCard } from '#cards/resolve.ts';
import type { Clearing } from '#clearing/open.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import type { Places } from '#platform/limits/places.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Pool, Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { TerminalGate } from '#terminals/authenticate.ts';
import type { EndpointParts } from '#webhooks/endpoints/keep-endpoints.ts';

/** What the HTTP channel is built from. */
export interface HttpParts {
  readonly clearing: Clearing;
  readonly gate: TerminalGate;
  readonly resolveCard: ResolveCard;
  /** Loads from the bank account that is bound to a card account. */
  readonly loadOrders: LoadOrderParts;
  /** Where bills of water, power and gas are asked for and paid. */
  readonly bills: BillDesk;
  /** With what administrators keep the utilities. */
  readonly utilities: UtilityParts;
  /** For what takes its time: the day, its nets, its close. */
  readonly reports: Pool;
  /** For look-ups that a caller waits for. */
  readonly session: Session;
  /** Where people sign in, with connections of its own. */
  readonly signIns: SignInDesk;
  /** For transactions that a caller waits for, on the same connections. */
  readonly pool: Pool;
  readonly secrets: Secrets;
  /** How often a holder may order and consent: each of these leaves rows for ever. */
  readonly holderActs: AddressLimit;
  /** The wrong payment PINs that terminals sent a moment ago. */
  readonly judgedPins: JudgedPins;
  /** What subsidies are paid out with. */
  readonly disbursements: DisbursementParts;
  /** With what participants keep the places that they are told at. */
  readonly webhooks: EndpointParts;
  /** Places for participants' reports, which read every transaction of some days. */
  readonly figures: Places;
  /** Puts a look at personal data into the audit trail, before anything is shown. */
  readonly recordLook: RecordLook;
  /** How often somebody who signed in may call, on this instance. */
  readonly calls: AddressLimit;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Why traffic should not come here although the database answers; null when it may. */
  readonly whyNotReady: () => NotReady | null;
}

/** The instance is about to stop, or its clock is too far from the database's. */
export type NotReady = 'draining' | 'clock-skew';

/** Node's own request, where the app runs behind a port. Tests call the app without one. */
export interface HttpEnv {
  readonly Bindings: { readonly incoming?: IncomingMessage };
}

export type HttpContext = Context<HttpEnv>;

export function incomingOf(c: HttpContext): IncomingMessage | undefined {
  return c.env?.incoming;
}

/** A header by its lower-case name. Read from Node's own table: building a Headers object costs more than the rest. */
export function headerOf(c: HttpContext, name: string): string {
  const incoming = incomingOf(c);
  const value = incoming === undefined ? c.req.raw.headers.get(name) : incoming.headers[name];
  return typeof value === 'string' ? value : '';
}

/** The path with its query, as it stands in the request line. */
export function targetOf(c: HttpContext): string {
  const incoming = incomingOf(c);
  if (incoming?.url !== undefined) return incoming.url;
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}
