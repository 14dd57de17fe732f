import { releasePin } from '#access/payment-pin.ts';
import { releaseSignIn, resetQueryPassword } from '#access/query-password.ts';
import { activateCard } from '#cards/life/activate.ts';
import { replaceCard } from '#cards/life/replace.ts';
import { takeStep } from '#cards/life/take-step.ts';
import type { FoundCard } from '#cards/people/find-cards.ts';
import {
  counterForm,
  newNumberForm,
  readStaffForm,
  secretsForm,
} from '#channels/pages/staff/forms/staff-forms.ts';
import {
  type AnyAct,
  type CardAct,
  type CounterAct,
  isCardAct,
} from '#channels/pages/staff/rules/card-acts.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import { actorOf, type Fields, type SignedIn } from '#channels/pages/staff/staff-visit.ts';
import type { StaffFault, StaffRefusal } from '#channels/pages/staff/views/pieces.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';

export interface ActOrder {
  readonly visit: SignedIn;
  readonly card: FoundCard;
  readonly act: AnyAct;
  readonly reason: string;
  /** Whether a new card is good at once. */
  readonly usable: boolean;
  readonly fields: Fields;
}

export type Done =
  /** The card to show next, and a password that is shown once. */
  | { readonly cardId: bigint; readonly oneTimePassword: string | null }
  | { readonly refusal: StaffRefusal }
  | { readonly faults: Readonly<Record<string, StaffFault>> };

/** Does what was confirmed, by the same use cases as the interface. Asked again it answers the same. */
export function doCardAct(parts: StaffParts, order: ActOrder): Promise<Done> {
  const { act } = order;
  return isCardAct(act) ? takeCardAct(parts, order, act) : atCounter(parts, order, act);
}

async function takeCardAct(parts: StaffParts, order: ActOrder, act: CardAct): Promise<Done> {
  const { visit, reason, usable, fields } = order;
  const { cardId } = order.card;
  const said = { cardId, reason, actor: actorOf(visit) };
  if (act === 'replace') {
    const number = readStaffForm(newNumberForm, fields);
    if ('faults' in number) return number;
    const replaced = await replaceCard(parts.pool, parts.secrets, {
      ...said,
      cardNumber: number.value,
      active: usable,
    });
    return replaced.kind === 'replaced'
      ? { cardId: replaced.cardId, oneTimePassword: null }
      : { refusal: replaced.kind };
  }
  if (act === 'activate') {
    const secrets = readStaffForm(secretsForm, fields);
    if ('faults' in secrets) return secrets;
    const activated = await activateCard(parts.pool, parts.signIns, { ...said, given: secrets.value });
    return activated.kind === 'taken' ? { cardId, oneTimePassword: null } : { refusal: activated.kind };
  }
  const taken = await takeStep(parts.pool, { ...said, step: act });
  return taken.kind === 'taken' ? { cardId, oneTimePassword: null } : { refusal: taken.kind };
}

/** For a holder who stands at the counter: the number shows that it is this card that is there. */
async function atCounter(
  parts: StaffParts,
  { visit, card, fields }: ActOrder,
  act: CounterAct,
): Promise<Done> {
  const read = readStaffForm(counterForm, fields);
  if ('faults' in read) return read;
  const { cardNumber } = read.value;
  const { cardId, cardAccountId } = card;
  const there = await parts.resolveCard(cardNumber);
  if (there?.cardId !== cardId) return { refusal: 'number-of-another' };
  const account = { cardAccountId, bucket: bucketOf(cardAccountId) };
  const actor = actorOf(visit);
  switch (act) {
    case 'release-sign-in':
      await releaseSignIn(parts.signIns, { cardNumber, account }, actor);
      return { cardId, oneTimePassword: null };
    case 'release-pin': {
      const found = await inTransaction(parts.signIns.pool, (client) =>
        releasePin(sessionOf(client), account, actor),
      );
      return found ? { cardId, oneTimePassword: null } : { refusal: 'pin-not-set' };
    }
    case 'reset-password': {
      const given = await resetQueryPassword(parts.signIns, account, actor);
      return given === 'busy' ? { refusal: 'busy' } : { cardId, oneTimePassword: given.oneTimePassword };
    }
  }
}
