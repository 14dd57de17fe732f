import { countUnfinished } from '#bills/unfinished.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import { type ListPath, mayRead } from '#channels/pages/staff/who-may.ts';
import { countFailedLines, countWaitingBatches } from '#disbursements/lists/for-people.ts';
import { countFailedOrders } from '#load-orders/failed-orders.ts';
import type { Waiting } from '#platform/limits/waiting.ts';
import type { Session } from '#platform/postgres.ts';
import { countUnbalanced } from '#terminals/batches/unbalanced.ts';

type SuspendedKind = keyof StaffTexts['suspended']['kinds'];

/** What of one kind waits for people, and where its items are. */
export interface Suspended {
  readonly kind: SuspendedKind;
  readonly path: ListPath;
  readonly query: Readonly<Record<string, string>>;
  readonly waiting: Waiting;
}

interface Counted {
  readonly kind: SuspendedKind;
  readonly path: ListPath;
  readonly query?: Readonly<Record<string, string>>;
  readonly count: (session: Session) => Promise<Waiting>;
}

const kinds: readonly Counted[] = [
  { kind: 'loads', path: '/staff/suspended/loads', count: countFailedOrders },
  { kind: 'bills', path: '/staff/suspended/bills', count: countUnfinished },
  { kind: 'batches', path: '/staff/suspended/batches', count: countWaitingBatches },
  { kind: 'lines', path: '/staff/suspended/lines', count: countFailedLines },
  {
    kind: 'terminal-batches',
    path: '/staff/suspended/terminal-batches',
    query: { state: 'unbalanced' },
    count: countUnbalanced,
  },
];

/** Counts what waits, of what this member of staff may look at. */
export function countSuspended({ session }: StaffParts, { member }: SignedIn): Promise<Suspended[]> {
  return Promise.all(
    kinds
      .filter(({ path }) => mayRead(member.role, path))
      .map(async ({ kind, path, query = {}, count }) => ({
        kind,
        path,
        query,
        waiting: await count(session),
      })),
  );
}
