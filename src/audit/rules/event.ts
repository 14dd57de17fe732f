/** Who did something: a holder (by card account), a member of staff, a participant, a terminal, or we ourselves. */
export interface Actor {
  readonly kind: 'holder' | 'staff' | 'participant' | 'terminal' | 'system';
  /** The card account, the number of staff, participant or terminal; 0 for ourselves. */
  readonly id: bigint;
}

/** What the service does by itself: an expiry, a schedule, a command at the machine. */
export const systemActor: Actor = { kind: 'system', id: 0n };

/** One act, or one look at personal data. No name, number or amount of a person stands in it, only our own ids. */
export interface AuditEvent {
  readonly actor: Actor;
  /** What was done, in the past: "card-activated", "card-looked-at". */
  readonly act: string;
  /** What it was done to, by our own ids: "card 1000001", "programme 12". */
  readonly subject: string;
  /** Why, as the person wrote it; empty for a look. */
  readonly reason: string;
}

const actPattern = /^[a-z]+(-[a-z]+)+$/;
const subjectPattern = /^[a-z-]+ [0-9A-Za-z/.:-]{1,80}$/;
/** A reason is a sentence; a longer one is cut. */
export const reasonLengthMax = 200;

/** Asserts that an event says what it may: an act by its name, a subject by our own ids. */
export function assertEvent({ act, subject }: AuditEvent): void {
  if (!actPattern.test(act)) throw new RangeError('an act is named like "card-activated"');
  if (!subjectPattern.test(subject)) throw new RangeError('a subject is named like "card 1000001"');
}
