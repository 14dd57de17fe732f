import type { AddressLimit } from '#access/sign-in/addresses.ts';
import type { SignInDesk } from '#access/sign-in/desk.ts';
import type { RecordLook } from '#audit/looks.ts';
import type { ResolveCard } from '#cards/resolve.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Log } from '#platform/log.ts';
import type { Pool, Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { BooksLamp } from '#settlement/live/lamp.ts';

/** What the staff pages are built from: what the rooms below do, as the interface has it too. */
export interface StaffParts {
  readonly clearing: Pick<Clearing, 'reference'>;
  readonly resolveCard: ResolveCard;
  /** For what takes its time: the day, its nets, its close, the trail, files. */
  readonly reports: Pool;
  /** For look-ups that a person waits for. */
  readonly session: Session;
  readonly pool: Pool;
  readonly signIns: SignInDesk;
  readonly secrets: Secrets;
  readonly recordLook: RecordLook;
  /** How often somebody who signed in may call, on this instance; together with the interface. */
  readonly calls: AddressLimit;
  readonly log: Log;
  readonly nowMs: () => number;
  /** What the monitor of the books found last; null before its first look. */
  readonly readLamp: () => Promise<BooksLamp | null>;
  /** The address people type, when it is not the one that the service listens on. */
  readonly publicUrl: string | undefined;
  readonly proxyAddress: string | undefined;
}
