import type { Admitted } from '#access/store.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';

/** What is called something in both languages. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}

/** A refusal by a port, and when to try again where that is known. */
export interface Refused<Code extends string> {
  readonly refusal: Code;
  readonly retryAfterSeconds?: number;
}

export type SignInRefusal =
  | 'sign-in-wrong'
  | 'sign-in-delayed'
  | 'sign-in-locked'
  | 'too-many-tries'
  | 'busy';
type PasswordRefusal = Exclude<SignInRefusal, 'sign-in-wrong'> | 'password-wrong';
export type NewPasswordRefusal = PasswordRefusal | 'password-weak' | 'password-same';
export type NewPinRefusal = PasswordRefusal | 'pin-weak' | 'pin-same';
export type LossRefusal =
  | 'card-already-lost'
  | 'card-not-lost'
  | 'card-closed'
  | 'loss-is-formal'
  | 'loss-not-possible';
export type MandateRefusal =
  | 'mandate-exists'
  | 'mandate-missing'
  | 'bank-account-missing'
  | 'consent-outdated'
  | 'amount-not-allowed'
  | 'busy';

/** The card as its holder sees it: the tail of its number, never more. */
export interface CardShown {
  readonly tail: string;
  readonly status: CardStatusShown;
  readonly product: Name;
  readonly expiresOn: string;
  /** The holder's name with all but the surname masked. */
  readonly holder: string;
  /** Since when it counts as lost; null while it does not. */
  readonly lostSince: Date | null;
  /** When a temporary report ends by itself. */
  readonly lossLiftsAt: Date | null;
}
export type CardStatusShown =
  | 'active'
  | 'not-active'
  | 'lost-temporary'
  | 'lost-formal'
  | 'locked'
  | 'expired'
  | 'closed';

export type LossKind = 'temporary' | 'formal';

/** Part of a list, newest first; the cursor, a whole number, leads to the older ones. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextBefore: string | null;
}
interface PageAsked {
  readonly before: string | null;
  readonly limit: number;
}

export interface SubsidyShown {
  readonly programme: Name;
  readonly period: string;
  readonly amountFen: bigint;
  readonly state: 'paid' | 'on-its-way' | 'failed';
  readonly purse: Purse;
  /** "2026-11-22": the business day on which it arrived. */
  readonly paidOn: string | null;
}

/** A bill that was paid with the card, or whose money is back. */
export interface BillShown {
  readonly company: Name;
  readonly billNumber: string;
  /** Empty where the utility was never heard. */
  readonly period: string;
  readonly amountFen: bigint;
  readonly state: 'on-its-way' | 'paid' | 'given-back';
  readonly paidAt: Date;
  /** The entry in the history, once money was taken. */
  readonly entryId: bigint | null;
}

/** What waits to be finished, besides the holds that the ledger knows. */
export interface PendingItem {
  readonly kind: 'bill-on-its-way' | 'load-on-its-way' | 'subsidy-on-its-way';
  readonly about: Name;
  readonly amountFen: bigint;
}

/** Automatic top-up: whether there is one, and what could be agreed. */
export interface MandateShown {
  readonly active: {
    readonly bank: Name;
    readonly accountTail: string;
    readonly thresholdFen: bigint;
    readonly amountFen: bigint;
    /** So many times a day at the most. */
    readonly perDayMax: number;
    readonly consentVersion: string;
    readonly consentedAt: Date;
  } | null;
  /** The bank account from which it would be taken; null while none is bound to the card. */
  readonly offer: {
    readonly bank: Name;
    readonly accountTail: string;
    readonly perDayMax: number;
  } | null;
}

type Look =
  | 'balances-looked-at'
  | 'history-looked-at'
  | 'receipt-looked-at'
  | 'card-looked-at'
  | 'subsidies-looked-at'
  | 'bills-looked-at'
  | 'mandate-looked-at';

/** What the holder's pages are built from: the books they read, and what other rooms do for them. */
export interface HolderParts {
  /** For look-ups that a person waits for. */
  readonly session: Session;
  readonly log: Log;
  readonly nowMs: () => number;
  /** The address people type, when it is not the one that the service listens on: "https://card.example". */
  readonly publicUrl: string | undefined;
  /** The address of the proxy before us, which says whom it speaks for; undefined where there is none. */
  readonly proxyAddress: string | undefined;

  readonly signIn: (asked: {
    readonly cardNumber: string;
    readonly password: string;
    readonly address: string;
  }) => Promise<{ readonly token: string } | Refused<SignInRefusal>>;
  readonly signOut: (token: string) => Promise<void>;
  /** Who bears the token; null when it was never given or its time is over. */
  readonly bearerOf: (token: string) => Promise<Admitted | null>;
  /** Asked again before what an unlocked phone in other hands must not do. */
  readonly checkPassword: (asked: {
    readonly cardAccountId: bigint;
    readonly password: string;
    readonly address: string;
  }) => Promise<'right' | Refused<PasswordRefusal>>;
  readonly changePassword: (asked: {
    readonly cardAccountId: bigint;
    readonly token: string;
    readonly password: string;
    readonly newPassword: string;
    readonly address: string;
  }) => Promise<{ readonly token: string } | Refused<NewPasswordRefusal>>;

  /** Gives the card account a payment PIN, for whoever proves to know the query password. */
  readonly choosePin: (asked: {
    readonly cardAccountId: bigint;
    readonly password: string;
    readonly pin: string;
  }) => Promise<'chosen' | Refused<NewPinRefusal>>;

  readonly cardOf: (cardAccountId: bigint) => Promise<CardShown | null>;
  readonly reportLoss: (asked: {
    readonly cardAccountId: bigint;
    readonly kind: LossKind;
  }) => Promise<{ readonly effectiveAt: Date; readonly liftsAt: Date | null } | Refused<LossRefusal>>;
  readonly liftLoss: (cardAccountId: bigint) => Promise<'lifted' | Refused<LossRefusal>>;

  readonly subsidiesOf: (cardAccountId: bigint, page: PageAsked) => Promise<Page<SubsidyShown>>;
  readonly billsOf: (cardAccountId: bigint, page: PageAsked) => Promise<Page<BillShown>>;
  readonly pendingOf: (cardAccountId: bigint) => Promise<readonly PendingItem[]>;

  readonly mandateOf: (cardAccountId: bigint) => Promise<MandateShown>;
  readonly consentTo: (asked: {
    readonly cardAccountId: bigint;
    readonly thresholdFen: bigint;
    readonly amountFen: bigint;
    readonly consentVersion: string;
  }) => Promise<'agreed' | Refused<MandateRefusal>>;
  readonly revokeMandate: (cardAccountId: bigint) => Promise<'revoked' | Refused<MandateRefusal>>;

  /** The names of reference data; undefined for a number that is not there (any more). */
  readonly participantName: (participantId: number) => Name | undefined;
  readonly programmeNames: () => Promise<ReadonlyMap<string, Name>>;

  /** Puts a look at personal data into the audit trail, before anything is shown. */
  readonly recordLook: (look: { readonly cardAccountId: bigint; readonly act: Look }) => Promise<void>;
}
