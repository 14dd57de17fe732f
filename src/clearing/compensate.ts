import type { Actor, AuditEvent } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { namedKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import type { Fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { hainanTime } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import type { Session } from '#platform/postgres.ts';
import { sectorOfCode } from '#sectors/all.ts';
import { insertTerminals } from '#terminals/store.ts';
import type { Clearing } from './open.ts';
import type { Answer } from './outcome.ts';
import { findOriginals } from './store.ts';

/** Our own desk: it is nobody's merchant, and may do nothing but compensate. */
export const deskParticipantId = 990_001;
export const deskTerminalId = 9_900_011;
const deskBatchNumber = 1;

/** Why a charge was wrong, as the desk's form offers it and the holder's history keeps it. */
export const compensationReasons = [
  'charged-twice',
  'overcharged',
  'charged-without-service',
  'terminal-fault',
  'other',
] as const;
type CompensationReason = (typeof compensationReasons)[number];

/** What the desk gives back of a charge, and why. */
export interface Compensation {
  readonly original: { readonly cardAccountId: bigint; readonly id: bigint };
  readonly amountFen: Fen;
  readonly reason: CompensationReason;
  /** What the operator wrote about it; kept in the audit trail and nowhere else. */
  readonly remark: string;
  /** The Idempotency-Key: the same again is the same compensation. */
  readonly key: string;
  readonly by: Actor;
}

/**
 * Gives a wrong charge back at once: to the purses it came from, and out of what its participant is owed, so that
 * it is recovered at the next settlement (三府规〔2022〕6号: the operator advances, then settles with the company).
 * The trail says that it was asked for before it is, and what came of it after: what is given back is never without
 * an act, and one without what came of it was cut off in between.
 */
export async function compensate(
  parts: { readonly session: Session; readonly clearing: Pick<Clearing, 'submit'> },
  compensation: Compensation,
): Promise<Answer | 'not-found'> {
  const { original, amountFen, reason, remark, key, by } = compensation;
  const { cardAccountId, id } = original;
  const bucket = bucketOf(cardAccountId);
  const found = await findOriginals(parts.session, [{ bucket, ownerId: cardAccountId, id }]);
  const entry = found.get(id);
  if (entry === undefined) return 'not-found';
  const subject = `transaction ${cardAccountId}-${id}`;
  const why = remark === '' ? reason : `${reason}: ${remark}`;
  await recordAudit(parts.session, [{ actor: by, act: 'compensation-asked', subject, reason: why }]);
  const request = {
    kind: 'compensation' as const,
    sector: sectorOfCode(entry.sector).name,
    callerKey: null,
    businessKey: namedKey('compensation', key),
    card: { cardId: 0n, cardAccountId, bucket },
    terminalId: deskTerminalId,
    batchNumber: deskBatchNumber,
    amountFen,
    // A repeat says the same time again, whenever it comes: that of the charge.
    localTime: hainanTime(idTimeMs(id)),
    original: { id, businessKey: null },
    detail: { reason },
    final: false,
  };
  const answer = await parts.clearing.submit({ request, isRepeat: false });
  await recordAudit(parts.session, [{ actor: by, subject, ...whatCameOfIt(answer) }]);
  return answer;
}

function whatCameOfIt(answer: Answer): Pick<AuditEvent, 'act' | 'reason'> {
  if (answer.status === 'key-reused') return { act: 'compensation-refused', reason: answer.status };
  if (answer.status !== 'decided') return { act: 'compensation-undecided', reason: answer.status };
  if (answer.refusal !== null) return { act: 'compensation-refused', reason: answer.refusal };
  return { act: answer.replay ? 'compensation-repeated' : 'compensation-given', reason: '' };
}

/** Enrols the desk and its terminal; needs the owner's session. A desk that is there is left alone. */
export async function openDesk(owner: Session, keySealed: Buffer): Promise<void> {
  await enrolParticipants(owner, [
    {
      id: deskParticipantId,
      name: '海南一卡通运营中心',
      nameEn: 'One-Card Service Centre',
      sector: 'desk',
      active: true,
    },
  ]);
  await insertTerminals(owner, [
    {
      id: deskTerminalId,
      participantId: deskParticipantId,
      sector: 'desk',
      allowedKinds: ['compensation'],
      batchNumber: deskBatchNumber,
      active: true,
      keySealed,
    },
  ]);
}
