import { createHash } from 'node:crypto';
import { issueCards } from '#cards/issue.ts';
import { insertProducts } from '#cards/products.ts';
import type { CardRef } from '#cards/store.ts';
import { deskTerminalId, openDesk } from '#clearing/compensate.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { businessKey, callerKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { openFirstDay } from '#ledger/open-accounts.ts';
import { bucketOf, firstCardAccountId, type Purse } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import { insertInstitutions } from '#sectors/medical/store.ts';
import type { PurseRule } from '#sectors/rules/purse-rules.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { insertPurseRules } from '#sectors/store.ts';
import { saveTerms } from '#sectors/subsidies/store.ts';
import { insertRules } from '#sectors/top-up/store.ts';
import { insertTariffs } from '#sectors/transit/store.ts';
import { insertMasterKeys, type SealedMasterKey } from '#terminals/keys/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';

/** The fixed places of a small town for tests, bench and chaos: merchants 1 to n, an operator, a bank, a hospital. */
export const town = {
  operatorId: 900_001,
  bankId: 900_002,
  hospitalId: 900_003,
  pharmacyId: 900_004,
  pooledFundId: 900_005,
  mutualAidId: 900_006,
  operatorTerminal: 90_000_001,
  bankTerminal: 90_000_002,
  hospitalTerminal: 90_000_003,
  pharmacyTerminal: 90_000_004,
  utilityId: 900_007,
  utilityTerminal: 90_000_007,
  product: 'standard',
  firstDay: '2026-11-22',
  fareFen: 200n,
  /** A subsidy that the town's bank may pay. */
  programme: 'elder-2026',
} as const;

export interface TownSize {
  readonly merchants: number;
  readonly cards: number;
  /** A terminal's key, sealed; tests that do not sign leave it out. */
  readonly sealKey?: (terminalId: number) => Buffer;
  /** A terminal's master key for ISO 8583, sealed; without it no terminal has one. */
  readonly masterKey?: (terminalId: number) => SealedMasterKey;
  readonly digest?: (cardNumber: string) => Buffer;
  readonly hotMark?: (cardNumber: string) => Buffer;
  readonly perDayFen?: bigint;
  /** The business day that is open; `town.firstDay` unless told otherwise. */
  readonly firstDay?: string;
}

/** A digest without a secret: for books that only hold test cards. */
export const plainDigest = (cardNumber: string) =>
  createHash('sha256').update(cardNumber).digest().subarray(0, 16);

/** Test card numbers: 16 digits that begin with 9, which no issuer has. */
export const cardNumber = (card: number) => `9${String(card).padStart(15, '0')}`;

export function cardRef(card: number): CardRef {
  const cardAccountId = firstCardAccountId + BigInt(card);
  return { cardId: cardAccountId, cardAccountId, bucket: bucketOf(cardAccountId) };
}

/** The terminal of merchant n. */
export const merchantTerminal = (merchant: number) => 10_000_000 + merchant;

/** Builds the town. It needs a session of the books' owner: the service may not write reference data. */
export async function buildTown(session: Session, size: TownSize): Promise<void> {
  await enrolTown(session, size);
  await priceTown(session, size);
  await openFirstDay(session, size.firstDay ?? town.firstDay);
  await issueTownCards(session, size);
}

async function enrolTown(session: Session, size: TownSize): Promise<void> {
  const merchants = Array.from({ length: size.merchants }, (_, i) => i + 1);
  const participant = (id: number, sector: string) => ({
    id,
    name: `商户${id}`,
    nameEn: `Participant ${id}`,
    sector,
    active: true,
  });
  await enrolParticipants(session, [
    ...merchants.map((id) => participant(id, 'shops')),
    participant(town.operatorId, 'transit'),
    participant(town.bankId, 'top-up'),
    participant(town.hospitalId, 'medical'),
    participant(town.pharmacyId, 'medical'),
    participant(town.pooledFundId, 'medical-fund'),
    participant(town.mutualAidId, 'medical-fund'),
    participant(town.utilityId, 'utilities'),
  ]);
  const keySealed = size.sealKey ?? (() => Buffer.alloc(1));
  const terminal = (id: number, participantId: number, sector: string) => ({
    id,
    participantId,
    sector,
    allowedKinds: terminalKinds,
    batchNumber: 1,
    batchOpenedOn: size.firstDay ?? town.firstDay,
    active: true,
    keySealed: keySealed(id),
  });
  const terminals = [
    ...merchants.map((id) => terminal(merchantTerminal(id), id, 'shops')),
    terminal(town.operatorTerminal, town.operatorId, 'transit'),
    terminal(town.bankTerminal, town.bankId, 'top-up'),
    terminal(town.hospitalTerminal, town.hospitalId, 'medical'),
    terminal(town.pharmacyTerminal, town.pharmacyId, 'medical'),
    terminal(town.utilityTerminal, town.utilityId, 'utilities'),
  ];
  await insertTerminals(session, terminals);
  const { masterKey } = size;
  if (masterKey !== undefined)
    await insertMasterKeys(
      session,
      terminals.map(({ id }) => masterKey(id)),
    );
  await openDesk(session, keySealed(deskTerminalId));
}

async function priceTown(session: Session, size: TownSize): Promise<void> {
  const effectiveFrom = '2020-01-01';
  const perDayFen = size.perDayFen ?? 1_000_000_000n;
  await insertLimits(session, [
    { product: town.product, effectiveFrom, perPaymentFen: perDayFen, perDayFen, pinFreeFen: perDayFen },
  ]);
  await insertPurseRules(session, townPurseRules);
  const { pooledFundId, mutualAidId } = town;
  await insertInstitutions(session, [
    { participantId: town.hospitalId, effectiveFrom, kind: 'hospital', pooledFundId, mutualAidId },
    {
      participantId: town.pharmacyId,
      effectiveFrom,
      kind: 'pharmacy',
      pooledFundId: null,
      mutualAidId: null,
    },
  ]);
  await insertTariffs(session, [townTariff]);
  const loadable: Purse[] = ['online', 'e-purse'];
  await insertRules(
    session,
    loadable.map((purse) => ({
      participantId: town.bankId,
      purse,
      effectiveFrom,
      perLoadFen: 10_000_000_000n,
      balanceMaxFen: 90_000_000_000n,
    })),
  );
  await insertProducts(session, [
    {
      ...{ code: town.product, name: '普通卡', nameEn: 'Standard card', purses: loadable },
      ...{ temporaryLossDays: 7, validityYears: 10 },
    },
  ]);
  await saveTerms(session, [
    {
      participantId: town.bankId,
      programme: town.programme,
      purse: 'subsidy',
      perPaymentFen: 10_000_000_000n,
      active: true,
    },
  ]);
}

/** What a ride costs in the town, on every line. */
export const townTariff = {
  participantId: town.operatorId,
  line: '*',
  effectiveFrom: '2020-01-01',
  fareFen: town.fareFen,
  transferRate: '0.5',
  transferWindowMinutes: 60,
};

/** Shops and utilities take the online account, buses the e-purse first, hospitals the personal account. */
export const townPurseRules: readonly PurseRule[] = [
  { sector: 'shops', mcc: '*', effectiveFrom: '2020-01-01', purses: ['online'], split: false },
  { sector: 'transit', mcc: '*', effectiveFrom: '2020-01-01', purses: ['e-purse', 'online'], split: true },
  { sector: 'medical', mcc: '*', effectiveFrom: '2020-01-01', purses: ['medical', 'online'], split: true },
  { sector: 'utilities', mcc: '*', effectiveFrom: '2020-01-01', purses: ['online'], split: false },
];

const issueMax = 5_000;

async function issueTownCards(session: Session, size: TownSize): Promise<void> {
  for (let first = 0; first < size.cards; first += issueMax) {
    const cards = Array.from({ length: Math.min(issueMax, size.cards - first) }, (_, i) => {
      const { cardId, cardAccountId } = cardRef(first + i);
      return {
        cardNumber: cardNumber(first + i),
        cardId,
        cardAccountId,
        personId: cardAccountId,
        product: town.product,
        expiresOn: '2036-12-31',
        status: 'active' as const,
        purses: ['e-purse', 'online'] as const,
        ...(size.hotMark === undefined ? {} : { hotMark: size.hotMark(cardNumber(first + i)) }),
      };
    });
    await issueCards(session, cards, size.digest ?? plainDigest);
  }
}

/** A request of the town: a payment of card 0 at merchant 1, unless told otherwise. */
export function townRequest(
  traceNumber: number,
  over: Partial<Request> & { readonly localDate?: string } = {},
): Request {
  const { localDate = town.firstDay, ...rest } = over;
  const terminalId = rest.terminalId ?? merchantTerminal(1);
  const trace: TraceKey = { terminalId, batchNumber: 1, traceNumber, localDate };
  return {
    kind: 'payment',
    sector: 'shops',
    callerKey: callerKey(String(terminalId), `${localDate}-${traceNumber}`),
    businessKey: businessKey(trace),
    card: cardRef(0),
    terminalId,
    batchNumber: 1,
    amountFen: fen(100),
    localTime: `${localDate} 08:00:00`,
    original: null,
    detail: {},
    final: false,
    ...rest,
  };
}

const loadsAtOnce = 2_000;

/** Loads a purse of the town's first `cards` cards from its bank, through the one path. */
export async function loadTown(
  clearing: Clearing,
  load: { readonly cards: number; readonly amountFen: bigint; readonly purse?: Purse },
): Promise<void> {
  const purse = load.purse ?? 'online';
  for (let first = 0; first < load.cards; first += loadsAtOnce) {
    const answers = Array.from({ length: Math.min(loadsAtOnce, load.cards - first) }, (_, i) => {
      const card = first + i;
      const request = townRequest(card % 1_000_000, {
        kind: 'load',
        sector: 'top-up',
        terminalId: town.bankTerminal,
        card: cardRef(card),
        amountFen: fen(load.amountFen),
        detail: { purse },
        localDate: purse === 'online' ? '2026-11-20' : '2026-11-21',
      });
      return clearing.submit({ request, isRepeat: false });
    });
    for (const answer of await Promise.all(answers)) {
      if (answer.status !== 'decided' || answer.refusal !== null)
        throw new Error('a load of the town was not approved');
    }
  }
}
