import { randomBytes } from 'node:crypto';
import { admitToken } from '#access/tokens.ts';
import type {
  CardShown,
  CardStatusShown,
  LossKind,
  MandateShown,
  Page,
  PageAsked,
} from '#channels/pages/parts.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { mandateFenMax } from '#load-orders/mandates.ts';
import type { Session } from '#platform/postgres.ts';
import type { HolderPorts } from '#start/holder-pages.ts';
import { bankOffer, bills, pending, programmes, subsidies } from './holder-books.ts';

/** A holder of the test town: what he signs in with, and whether the fixed lists are his. */
export interface TownHolder {
  readonly cardAccountId: bigint;
  readonly cardNumber: string;
  readonly holder: string;
  readonly hasLists: boolean;
}

export const townPassword = '730519';
const lockedAfter = 3;
const temporaryDays = 7;
const sessionMs = 900_000;

interface Memory {
  readonly passwords: Map<bigint, string>;
  readonly wrong: Map<bigint, number>;
  readonly losses: Map<bigint, { kind: LossKind; at: Date }>;
  readonly mandates: Map<bigint, MandateShown['active']>;
}

/**
 * What the rooms of sign-ins, card life, subsidies, bills and automatic top-up do for the pages: sessions are
 * real tokens and a loss is a real status that stops payments; the lists are fixed.
 */
export function holderPorts(owner: Session, holders: readonly TownHolder[]): HolderPorts {
  const memory: Memory = {
    passwords: new Map(holders.map(({ cardAccountId }) => [cardAccountId, townPassword])),
    wrong: new Map(),
    losses: new Map(),
    mandates: new Map(),
  };
  const holderOf = (id: bigint) => holders.find(({ cardAccountId }) => cardAccountId === id);
  const listOf = <Item>(id: bigint, items: readonly Item[], page: PageAsked) =>
    Promise.resolve(pageOf(holderOf(id)?.hasLists ? items : [], page));
  return {
    ...signInPorts(owner, holders, memory),
    ...cardPorts(owner, holders, memory),
    ...mandatePorts(memory),
    subsidiesOf: (id, page) => listOf(id, subsidies, page),
    billsOf: (id, page) => listOf(id, bills, page),
    pendingOf: (id) => Promise.resolve(holderOf(id)?.hasLists ? pending : []),
    programmeNames: async () => new Map(Object.entries(programmes)),
  };
}

function pageOf<Item>(items: readonly Item[], { before, limit }: PageAsked): Page<Item> {
  const from = before === null ? 0 : Number(before);
  const next = from + limit;
  return { items: items.slice(from, next), nextBefore: next < items.length ? String(next) : null };
}

function signInPorts(owner: Session, holders: readonly TownHolder[], { passwords, wrong }: Memory) {
  const check = (id: bigint, password: string) => {
    const tries = wrong.get(id) ?? 0;
    if (tries >= lockedAfter) return 'sign-in-locked';
    if (passwords.get(id) === password) {
      wrong.delete(id);
      return 'right';
    }
    wrong.set(id, tries + 1);
    return 'password-wrong';
  };
  const endText = `update access.tokens set expires_at = now() where digest = sha256(convert_to($1, 'UTF8'))`;
  return {
    signIn: async ({ cardNumber, password }) => {
      const holder = holders.find((one) => one.cardNumber === cardNumber);
      const checked = holder === undefined ? 'password-wrong' : check(holder.cardAccountId, password);
      if (checked === 'sign-in-locked') return { refusal: 'sign-in-locked' };
      if (checked !== 'right' || holder === undefined) return { refusal: 'sign-in-wrong' };
      const token = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Date.now() + sessionMs);
      await admitToken(owner, { role: 'holder', subjectId: holder.cardAccountId, token, expiresAt });
      return { token };
    },
    signOut: async (token) => {
      await owner.run({ name: 'testing-end-token', text: endText }, [token]);
    },
    checkPassword: async ({ cardAccountId, password }) => {
      const checked = check(cardAccountId, password);
      return checked === 'right' ? 'right' : { refusal: checked };
    },
    changePassword: async ({ cardAccountId, token, password, newPassword }) => {
      const checked = check(cardAccountId, password);
      if (checked !== 'right') return { refusal: checked };
      if (newPassword === password) return { refusal: 'password-same' };
      if (/^(.)\1+$/.test(newPassword)) return { refusal: 'password-weak' };
      passwords.set(cardAccountId, newPassword);
      return { token };
    },
  } satisfies Partial<HolderPorts>;
}

const readCard = `select number_tail, status, expires_on::text from cards.cards where bucket = $1 and card_account_id = $2`;
const writeStatus = 'update cards.cards set status = $3 where bucket = $1 and card_account_id = $2';

function cardPorts(owner: Session, holders: readonly TownHolder[], { losses }: Memory) {
  const setStatus = (id: bigint, status: string) =>
    owner.run({ name: 'testing-card-status', text: writeStatus }, [bucketOf(id), id, status]);
  const liftsAt = ({ kind, at }: { kind: LossKind; at: Date }) =>
    kind === 'formal' ? null : new Date(at.getTime() + temporaryDays * 86_400_000);
  return {
    cardOf: async (id): Promise<CardShown | null> => {
      const { rows } = await owner.run({ name: 'testing-card', text: readCard }, [bucketOf(id), id]);
      const row = rows[0];
      if (row === undefined) return null;
      const loss = losses.get(id);
      const status = row[1] === 'lost' ? `lost-${loss?.kind ?? 'formal'}` : row[1];
      return {
        tail: row[0] as string,
        status: status as CardStatusShown,
        product: { zh: '海南社会保障卡', en: 'Hainan Social Security Card' },
        expiresOn: row[2] as string,
        holder: holders.find((one) => one.cardAccountId === id)?.holder ?? '',
        lostSince: loss?.at ?? null,
        lossLiftsAt: loss === undefined ? null : liftsAt(loss),
      };
    },
    reportLoss: async ({ cardAccountId, kind }) => {
      if (losses.get(cardAccountId)?.kind === kind) return { refusal: 'card-already-lost' };
      await setStatus(cardAccountId, 'lost');
      const loss = { kind, at: new Date() };
      losses.set(cardAccountId, loss);
      return { effectiveAt: loss.at, liftsAt: liftsAt(loss) };
    },
    liftLoss: async (cardAccountId) => {
      const loss = losses.get(cardAccountId);
      if (loss === undefined) return { refusal: 'card-not-lost' };
      if (loss.kind === 'formal') return { refusal: 'loss-is-formal' };
      await setStatus(cardAccountId, 'active');
      losses.delete(cardAccountId);
      return 'lifted';
    },
  } satisfies Partial<HolderPorts>;
}

function mandatePorts({ mandates }: Memory) {
  return {
    mandateOf: async (id) => ({ active: mandates.get(id) ?? null, offer: bankOffer }),
    consentTo: async ({ cardAccountId, ...terms }) => {
      if (mandates.has(cardAccountId)) return { refusal: 'mandate-exists' };
      if (terms.amountFen > mandateFenMax) return { refusal: 'amount-not-allowed' };
      mandates.set(cardAccountId, { ...bankOffer, ...terms, consentedAt: new Date() });
      return 'agreed';
    },
    revokeMandate: async (cardAccountId) =>
      mandates.delete(cardAccountId) ? 'revoked' : { refusal: 'mandate-missing' },
  } satisfies Partial<HolderPorts>;
}
