import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Clearing } from '#clearing/open.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { putUtilities, readUtilities } from './utilities/store.ts';
import type { UtilityTerms } from './utility.ts';

export interface UtilityParts {
  readonly pool: Pool;
  readonly reference: Clearing['reference'];
  /** Seals a key under the master key. */
  readonly seal: (key: Buffer) => Buffer;
}

/** What an administrator says of a utility. */
export interface UtilityChange extends Omit<UtilityTerms, 'keySealed'> {
  /** The shared key; null leaves the one that there is. */
  readonly key: Buffer | null;
  readonly reason: string;
}

export type UtilityRefusal =
  /** No participant of the utilities sector has that number. */
  | 'utility-unknown'
  /** The terminal is not the utility’s own, or may not pay and give back. */
  | 'utility-terminal-unfit'
  /** A new utility needs a key. */
  | 'utility-key-missing';

/** Adds a utility, or changes one, with its line in the audit trail. The key is in neither the trail nor the answer. */
export async function saveUtility(
  parts: UtilityParts,
  actor: Actor,
  { key, reason, ...terms }: UtilityChange,
): Promise<'saved' | UtilityRefusal> {
  await parts.reference.refresh();
  const refusal = refuse(parts, terms);
  if (refusal !== null) return refusal;
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const known = await readUtilities(session, [terms.participantId]);
    const keySealed = key === null ? known.get(terms.participantId)?.keySealed : parts.seal(key);
    if (keySealed === undefined) return 'utility-key-missing';
    await putUtilities(session, [{ ...terms, keySealed }]);
    const act = key === null ? 'utility-saved' : 'utility-saved-with-key';
    await recordAudit(session, [{ actor, act, subject: `utility ${terms.participantId}`, reason }]);
    return 'saved';
  });
}

const needed = ['payment', 'refund', 'reversal'] as const;

function refuse(
  { reference }: UtilityParts,
  { participantId, terminalId }: Pick<UtilityTerms, 'participantId' | 'terminalId'>,
): UtilityRefusal | null {
  const { participants, terminals } = reference.current();
  if (participants.get(participantId)?.sector !== 'utilities') return 'utility-unknown';
  const terminal = terminals.get(terminalId);
  const isFit =
    terminal?.participantId === participantId &&
    terminal.sector === 'utilities' &&
    needed.every((kind) => terminal.allowedKinds.includes(kind));
  return isFit ? null : 'utility-terminal-unfit';
}
