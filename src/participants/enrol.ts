import { openAccounts } from '#ledger/open-accounts.ts';
import type { Session } from '#platform/postgres.ts';
import { insertParticipants, type Participant } from './store.ts';

/** Enrols participants and opens what we owe them and what they owe us. Enrolled ones are left alone. */
export async function enrolParticipants(
  session: Session,
  participants: readonly Participant[],
): Promise<void> {
  await insertParticipants(session, participants);
  const owners = participants.map((participant) => BigInt(participant.id));
  await openAccounts(
    session,
    owners.flatMap((ownerId) => [
      { ownerId, code: 'payable' },
      { ownerId, code: 'receivable' },
    ]),
  );
}
