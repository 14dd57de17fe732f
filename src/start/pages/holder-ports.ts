import {
  changeQueryPassword,
  choosePaymentPin,
  proveQueryPassword,
  signInHolder,
} from '#access/query-password.ts';
import type { SignInRefused } from '#access/sign-in/attempt.ts';
import { endSession } from '#access/tokens.ts';
import { billsOf, type HolderBill } from '#bills/bills-of.ts';
import { liftLossByHolder, reportLossByHolder } from '#cards/life/report-loss.ts';
import type { StepRefusal } from '#cards/life/take-step.ts';
import { cardOfAccount } from '#cards/people/card-of-account.ts';
import type { CardStatus } from '#cards/rules/status.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { consentVersion } from '#channels/pages/consent-version.ts';
import type {
  BillShown,
  CardStatusShown,
  LossRefusal,
  Name,
  PendingItem,
  Refused,
  SubsidyShown,
} from '#channels/pages/parts.ts';
import { programmeNames } from '#disbursements/programmes.ts';
import { type SubsidyPayment, subsidiesOf } from '#disbursements/read-lines.ts';
import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import { findBindings } from '#load-orders/bindings.ts';
import { consentTo, mandateFenMax, mandateOf, revoke } from '#load-orders/mandates.ts';
import { findOpenOrders } from '#load-orders/store.ts';
import { fen } from '#money/fen.ts';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { sessionOf } from '#platform/postgres.ts';
import type { HolderPorts } from './holder-pages.ts';

/** How often a day a mandate may load, unless the holder agrees to another number over the interface. */
const perDayMax = 3;
const pendingMax = 10;
/** A batch's lines are fewer than this, so that batch and line make one cursor. */
const linesPerBatch = 1_000_000n;

const accountOf = (cardAccountId: bigint) => ({ cardAccountId, bucket: bucketOf(cardAccountId) });

/** What the rooms below do for the holder's pages. */
export function holderPorts(parts: HttpParts): HolderPorts {
  return { ...signInPorts(parts), ...cardPorts(parts), ...listPorts(parts), ...mandatePorts(parts) };
}

function refusedBy<Code extends string>(refusal: Code, seconds: number | null): Refused<Code> {
  return seconds === null ? { refusal } : { refusal, retryAfterSeconds: seconds };
}

/** Who is signed in already gave a wrong password, and is not told of a wrong sign-in. */
function provedBy({ refusal, retryAfterSeconds }: SignInRefused) {
  return refusedBy(refusal === 'sign-in-wrong' ? 'password-wrong' : refusal, retryAfterSeconds);
}

function signInPorts({ signIns, resolveCard }: HttpParts) {
  return {
    signIn: async (asked) => {
      try {
        const opened = await signInHolder(signIns, asked, resolveCard);
        return 'refusal' in opened ? refusedBy(opened.refusal, opened.retryAfterSeconds) : opened;
      } catch (error) {
        if (error instanceof TooManyWait) return refusedBy('busy', 1);
        throw error;
      }
    },
    signOut: async (token) => {
      await endSession(sessionOf(signIns.pool), token);
    },
    checkPassword: async ({ cardAccountId, password }) => {
      const proved = await proveQueryPassword(signIns, accountOf(cardAccountId), password);
      return proved === 'right' ? proved : provedBy(proved);
    },
    changePassword: async ({ cardAccountId, password, newPassword }) => {
      if (newPassword === password) return { refusal: 'password-same' };
      const change = { old: password, new: newPassword };
      const changed = await changeQueryPassword(signIns, accountOf(cardAccountId), change);
      if (!('refusal' in changed)) return { token: changed.token };
      return changed.refusal === 'password-too-simple' ? { refusal: 'password-weak' } : provedBy(changed);
    },
    choosePin: async ({ cardAccountId, password, pin }) => {
      if (pin === password) return { refusal: 'pin-same' };
      const chosen = await choosePaymentPin(signIns, accountOf(cardAccountId), { password, pin });
      if (chosen === 'done') return 'chosen';
      return chosen.refusal === 'password-too-simple' ? { refusal: 'pin-weak' } : provedBy(chosen);
    },
  } satisfies Partial<HolderPorts>;
}

const statusesShown: Readonly<Record<CardStatus, CardStatusShown>> = {
  active: 'active',
  'not-active': 'not-active',
  'temporarily-lost': 'lost-temporary',
  lost: 'lost-formal',
  locked: 'locked',
  replaced: 'closed',
  expired: 'expired',
  closed: 'closed',
};

function cardPorts({ pool, session, secrets }: HttpParts) {
  return {
    cardOf: async (cardAccountId) => {
      const card = await cardOfAccount(session, secrets, { cardAccountId, nowMs: Date.now() });
      if (card === null) return null;
      const status = statusesShown[card.status];
      return {
        tail: card.numberTail,
        status,
        product: { zh: card.product?.name ?? '', en: card.product?.nameEn ?? '' },
        expiresOn: card.expiresOn,
        holder: card.name ?? '',
        lostSince: status === 'lost-temporary' || status === 'lost-formal' ? card.since : null,
        lossLiftsAt: card.liftsAt,
      };
    },
    reportLoss: async ({ cardAccountId, kind }) => {
      const report = { cardAccountId, temporary: kind === 'temporary', reason: 'holder page' };
      const taken = await reportLossByHolder(pool, report);
      return taken.kind === 'taken' ? taken : { refusal: reportRefusal(taken) };
    },
    liftLoss: async (cardAccountId) => {
      const taken = await liftLossByHolder(pool, { cardAccountId, reason: 'holder page' });
      if (taken.kind !== 'taken') return { refusal: liftRefusal(taken) };
      return taken.repeated ? { refusal: 'card-not-lost' } : 'lifted';
    },
  } satisfies Partial<HolderPorts>;
}

const isOver = (status: CardStatus) => status === 'closed' || status === 'replaced';

function reportRefusal(refused: StepRefusal): LossRefusal {
  if (refused.kind !== 'step-not-allowed' || isOver(refused.status)) return 'card-closed';
  return refused.status === 'lost' ? 'card-already-lost' : 'loss-not-possible';
}

function liftRefusal(refused: StepRefusal): LossRefusal {
  if (refused.kind !== 'step-not-allowed' || isOver(refused.status)) return 'card-closed';
  return refused.status === 'lost' ? 'loss-is-formal' : 'card-not-lost';
}

function listPorts({ session, clearing }: HttpParts) {
  const nameOf = (participantId: number): Name => {
    const participant = clearing.reference.current().participants.get(participantId);
    return { zh: participant?.name ?? '', en: participant?.nameEn ?? '' };
  };
  return {
    subsidiesOf: async (cardAccountId, { before, limit }) => {
      const found = await subsidiesOf(session, cardAccountId, {
        before: before === null ? null : cursorOf(BigInt(before)),
        limit: limit + 1,
      });
      const last = found[limit - 1];
      const nextBefore = found.length > limit && last !== undefined ? String(placeOf(last)) : null;
      return { items: found.slice(0, limit).map(subsidyShown), nextBefore };
    },
    billsOf: async (cardAccountId, { before, limit }) => {
      const page = { before: before === null ? null : BigInt(before), limit: limit + 1 };
      const found = await billsOf(session, cardAccountId, page);
      const last = found[limit - 1];
      const nextBefore = found.length > limit && last !== undefined ? String(last.sequence) : null;
      return { items: found.slice(0, limit).flatMap(billShown), nextBefore };
    },
    pendingOf: async (cardAccountId) => {
      const [bills, subsidies, orders, bindings] = await Promise.all([
        billsOf(session, cardAccountId, { before: null, limit: pendingMax }),
        subsidiesOf(session, cardAccountId, { before: null, limit: pendingMax }),
        findOpenOrders(session, cardAccountId, pendingMax),
        findBindings(session, [cardAccountId]),
      ]);
      const bank = nameOf(bindings.get(cardAccountId)?.participantId ?? 0);
      return [
        ...bills.flatMap(pendingBill),
        ...subsidies.flatMap(pendingSubsidy),
        ...orders.map(({ amountFen }) => ({ kind: 'load-on-its-way' as const, about: bank, amountFen })),
      ];
    },
    programmeNames: async () => {
      const names = await programmeNames(session);
      return new Map([...names].map(([code, { name, nameEn }]) => [code, { zh: name, en: nameEn }]));
    },
  } satisfies Partial<HolderPorts>;
}

const placeOf = ({ batchId, lineNo }: SubsidyPayment) => batchId * linesPerBatch + BigInt(lineNo);
const cursorOf = (place: bigint) => ({
  batchId: place / linesPerBatch,
  lineNo: Number(place % linesPerBatch),
});

const subsidyStates: Readonly<Record<SubsidyPayment['state'], SubsidyShown['state']>> = {
  ready: 'on-its-way',
  paid: 'paid',
  failed: 'failed',
  withdrawn: 'failed',
};

function subsidyShown(payment: SubsidyPayment): SubsidyShown {
  const { programmeName: zh, programmeNameEn: en, period, amountFen, purse, paidOn } = payment;
  return {
    programme: { zh, en },
    period,
    amountFen,
    state: subsidyStates[payment.state],
    purse: purse as Purse,
    paidOn,
  };
}

const billStates: Readonly<Record<HolderBill['state'], BillShown['state'] | null>> = {
  reserved: 'on-its-way',
  abandoning: 'on-its-way',
  paid: 'on-its-way',
  'written-off': 'paid',
  returning: 'on-its-way',
  returned: 'given-back',
  declined: null,
  abandoned: null,
};

const nameOfUtility = (bill: HolderBill): Name => ({ zh: bill.utilityName, en: bill.utilityNameEn });

/** What never took money is no bill that the holder paid. */
function billShown(bill: HolderBill): BillShown[] {
  const state = billStates[bill.state];
  if (state === null) return [];
  const { billNumber, period, amountFen, createdAt, entryId } = bill;
  const shown = { billNumber, period: period ?? '', amountFen, paidAt: createdAt, entryId };
  return [{ ...shown, company: nameOfUtility(bill), state }];
}

function pendingBill(bill: HolderBill): PendingItem[] {
  if (billStates[bill.state] !== 'on-its-way') return [];
  return [{ kind: 'bill-on-its-way', about: nameOfUtility(bill), amountFen: bill.amountFen }];
}

function pendingSubsidy(payment: SubsidyPayment): PendingItem[] {
  if (payment.state !== 'ready') return [];
  const about = { zh: payment.programmeName, en: payment.programmeNameEn };
  return [{ kind: 'subsidy-on-its-way', about, amountFen: payment.amountFen }];
}

function mandatePorts({ pool, session, clearing, holderActs }: HttpParts) {
  const offerOf = async (cardAccountId: bigint) => {
    const binding = (await findBindings(session, [cardAccountId])).get(cardAccountId);
    if (binding === undefined) return null;
    const participant = clearing.reference.current().participants.get(binding.participantId);
    const bank = { zh: participant?.name ?? '', en: participant?.nameEn ?? '' };
    return { bank, accountTail: binding.accountTail, perDayMax };
  };
  return {
    mandateOf: async (cardAccountId) => {
      const [offer, mandate] = await Promise.all([offerOf(cardAccountId), mandateOf(session, cardAccountId)]);
      if (mandate === null || offer === null) return { active: null, offer };
      const consentedAt = new Date(mandate.consentedAtMs);
      return { active: { ...offer, ...mandate, consentedAt }, offer };
    },
    consentTo: async ({ cardAccountId, thresholdFen, amountFen, consentVersion: version }) => {
      if (version !== consentVersion) return { refusal: 'consent-outdated' };
      if (thresholdFen > mandateFenMax || amountFen > mandateFenMax) return { refusal: 'amount-not-allowed' };
      if ((await mandateOf(session, cardAccountId)) !== null) return { refusal: 'mandate-exists' };
      const seconds = holderActs.take(String(cardAccountId));
      if (seconds > 0) return refusedBy('busy', seconds);
      const consent = { cardAccountId, thresholdFen: fen(thresholdFen), amountFen: fen(amountFen) };
      const actor = { kind: 'holder', id: cardAccountId } as const;
      const terms = { perDayMax, consentVersion: version, actor };
      const agreed = await consentTo(pool, { ...consent, ...terms });
      return agreed === 'bank-binding-missing' ? { refusal: 'bank-account-missing' } : 'agreed';
    },
    revokeMandate: async (cardAccountId) => {
      const actor = { kind: 'holder', id: cardAccountId } as const;
      return (await revoke(pool, { cardAccountId, actor })) ? 'revoked' : { refusal: 'mandate-missing' };
    },
  } satisfies Partial<HolderPorts>;
}
