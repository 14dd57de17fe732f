import type { JudgedPins } from '#access/judged-pins.ts';
import { checkPin, type PinJudgement } from '#access/payment-pin.ts';
import type { Session } from '#platform/postgres.ts';
import type { PinProof, Request } from './request.ts';
import { findOutcomes } from './store.ts';

/** A PIN as it was typed once. */
export interface TypedPin {
  /** What the same typing is known by, however often it is sent; of this card account and no other. */
  readonly envelope: string;
  /** The check value of the PIN on the request's card account (`secrets.pinCheck`); null for one that does not open. */
  readonly check: () => Buffer | null | Promise<Buffer | null>;
}

const proofs: Readonly<Record<PinJudgement, PinProof>> = {
  right: 'right',
  wrong: 'pin-wrong',
  locked: 'pin-locked',
  'not-set': 'pin-not-set',
};

/**
 * The request with what its PIN proves. A wrong PIN is an outcome like any other, pinned under the request's keys; so
 * the PIN of a request that was decided is not looked at again, and an honest repeat uses up no try.
 */
export async function provePin(
  parts: { readonly session: Session; readonly judgedPins: JudgedPins },
  request: Request,
  typed: TypedPin,
): Promise<Request | 'pin-block-invalid'> {
  const callerKeys = request.callerKey === null ? [] : [request.callerKey];
  const keys = { callerKeys, businessKeys: [request.businessKey] };
  if ((await findOutcomes(parts.session, keys)).length > 0) return request;
  const check = await typed.check();
  if (check === null) return 'pin-block-invalid';
  const judgement = await parts.judgedPins.judge(typed.envelope, () =>
    checkPin(parts.session, { ...request.card, check }),
  );
  return { ...request, pin: proofs[judgement] };
}
