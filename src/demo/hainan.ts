import type { Product } from '#cards/products.ts';
import type { Programme } from '#disbursements/programmes.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
import type { Participant } from '#participants/store.ts';
import type { Institution } from '#sectors/medical/rules/settle.ts';
import type { PurseRule } from '#sectors/rules/purse-rules.ts';
import type { Limit } from '#sectors/shops/rules/limits.ts';
import type { MccRule } from '#sectors/shops/rules/merchant-categories.ts';
import type { LoadRule } from '#sectors/top-up/rules/load.ts';
import type { Cap } from '#sectors/transit/rules/cap.ts';
import type { ConcessionTerms } from '#sectors/transit/rules/concession.ts';
import type { Tariff } from '#sectors/transit/rules/fare.ts';
import type { DistanceFare, Station } from '#sectors/transit/rules/full-fare.ts';
import type { PassProduct } from '#sectors/transit/rules/passes.ts';

/** A small Hainan to try the product on. Every name is made up of its trade and its town; every number is a test number. */
const since = '2026-01-01';

function shop(id: number, mcc: string, [name, nameEn]: readonly [string, string]) {
  return { id, mcc, name, nameEn, sector: 'shops', active: true };
}

function operator(id: number, [name, nameEn]: readonly [string, string]) {
  return { id, mcc: '4111', name, nameEn, sector: 'transit', active: true };
}

export const participants: readonly Participant[] = [
  shop(100_001, '5814', ['海口骑楼小吃', 'Haikou Arcade Snacks']),
  shop(100_002, '5422', ['三亚海鲜市场', 'Sanya Seafood Market']),
  shop(100_003, '5814', ['万宁咖啡', 'Wanning Coffee']),
  shop(100_004, '5411', ['文昌便民超市', 'Wenchang Grocery']),
  shop(100_005, '5261', ['琼海农资店', 'Qionghai Farm Supplies']),
  shop(100_006, '8050', ['海口颐养院', 'Haikou Care Home']),
  shop(100_007, '7995', ['三亚彩票销售点', 'Sanya Lottery Outlet']),
  operator(200_001, ['海口公交', 'Haikou Bus']),
  operator(200_002, ['三亚公交', 'Sanya Bus']),
  operator(200_003, ['海口市域列车', 'Haikou Urban Rail']),
  { id: 300_001, name: '海岛合作银行', nameEn: 'Island Cooperative Bank', sector: 'top-up', active: true },
  {
    id: 300_002,
    name: '省医疗保险中心',
    nameEn: 'Provincial Medical Insurance',
    sector: 'top-up',
    active: true,
  },
  { id: 300_003, name: '海口民政', nameEn: 'Haikou Civil Affairs', sector: 'top-up', active: true },
  { id: 300_010, name: '文昌充值代理点', nameEn: 'Wenchang Top-up Agent', sector: 'top-up', active: true },
  {
    id: 500_001,
    name: '海口人民医院',
    nameEn: 'Haikou Hospital',
    sector: 'medical',
    active: true,
    mcc: '8062',
  },
  { id: 500_002, name: '三亚药店', nameEn: 'Sanya Pharmacy', sector: 'medical', active: true, mcc: '5912' },
  { id: 590_001, name: '统筹基金', nameEn: 'Pooled Medical Fund', sector: 'medical-fund', active: true },
  { id: 590_002, name: '家庭共济', nameEn: 'Family Mutual Aid', sector: 'medical-fund', active: true },
  {
    id: 600_001,
    name: '海口民政补贴',
    nameEn: 'Haikou Civil Affairs Subsidies',
    sector: 'subsidies',
    active: true,
  },
];

/** Funds pay a part of what hospitals post; they post nothing themselves and have no terminals. */
export const posting = participants.filter((participant) => participant.sector !== 'medical-fund');

/** Hospitals settle with the funds, pharmacies with the card alone. */
export const institutions: readonly Institution[] = [
  {
    participantId: 500_001,
    effectiveFrom: since,
    kind: 'hospital',
    pooledFundId: 590_001,
    mutualAidId: 590_002,
  },
  { participantId: 500_002, effectiveFrom: since, kind: 'pharmacy', pooledFundId: null, mutualAidId: null },
];

/** An agent takes cash for loads, up to so much a day. */
export const agents = [{ participantId: 300_010, perDayFen: 1_000_000n }] as const;

/** Two terminals each: the participant's number and 1 or 2. */
export const terminalsPerParticipant = 2;
export const terminalId = (participantId: number, place: number) => participantId * 10 + place;

const purses = ['e-purse', 'online', 'medical', 'subsidy', 'farm-subsidy', 'elder-care'] as const;
const terms = { temporaryLossDays: 7, validityYears: 10, purses };
export const products: readonly Product[] = [
  { code: 'standard', name: '普通卡', nameEn: 'Standard card', ...terms },
  { code: 'senior', name: '敬老卡', nameEn: 'Senior card', ...terms },
];

export const limits: readonly Limit[] = [
  {
    product: 'standard',
    effectiveFrom: since,
    perPaymentFen: 100_000n,
    perDayFen: 300_000n,
    pinFreeFen: 30_000n,
  },
  {
    product: 'senior',
    effectiveFrom: since,
    perPaymentFen: 50_000n,
    perDayFen: 100_000n,
    pinFreeFen: 30_000n,
  },
];

/** Nobody bets with the card; a grocer takes no more at once than a household's shopping from a senior's card. */
export const mccRules: readonly MccRule[] = [
  {
    product: '*',
    mcc: '7995',
    effectiveFrom: since,
    verdict: 'blocked',
    perPaymentFen: null,
    perDayFen: null,
  },
  {
    product: 'senior',
    mcc: '5411',
    effectiveFrom: since,
    verdict: 'limits',
    perPaymentFen: 30_000n,
    perDayFen: null,
  },
];

const bus = { effectiveFrom: since, transferRate: '0.5', transferWindowMinutes: 60 };
export const tariffs: readonly Tariff[] = [
  { ...bus, participantId: 200_001, line: '*', fareFen: 200n },
  { ...bus, participantId: 200_001, line: 'AIRPORT', fareFen: 1_500n },
  { ...bus, participantId: 200_002, line: '*', fareFen: 100n },
  // Says only what a transfer to the train pays of its fare: the fare itself goes by distance.
  { ...bus, participantId: 200_003, line: 'R1', fareFen: 700n },
];

const rail = { participantId: 200_003, line: 'R1' };
export const stations: readonly Station[] = [
  { ...rail, station: 'HKDZ', distanceM: 0 },
  { ...rail, station: 'CXGY', distanceM: 7_400 },
  { ...rail, station: 'XIUY', distanceM: 12_900 },
  { ...rail, station: 'CLIU', distanceM: 21_300 },
  { ...rail, station: 'MLAN', distanceM: 38_000 },
];

export const distanceFares: readonly DistanceFare[] = [
  { ...rail, effectiveFrom: since, upToM: 6_000, fareFen: 200n },
  { ...rail, effectiveFrom: since, upToM: 11_000, fareFen: 300n },
  { ...rail, effectiveFrom: since, upToM: 17_000, fareFen: 400n },
  { ...rail, effectiveFrom: since, upToM: 26_000, fareFen: 500n },
  { ...rail, effectiveFrom: since, upToM: 40_000, fareFen: 700n },
];

export const caps: readonly Cap[] = [{ participantId: 200_001, effectiveFrom: since, perDayFen: 1_000n }];

export const passProducts: readonly PassProduct[] = [
  {
    participantId: 200_001,
    code: 'M120',
    effectiveFrom: since,
    kind: 'monthly',
    priceFen: 12_000n,
    rides: null,
    validDays: null,
    lines: ['*'],
  },
  {
    participantId: 200_003,
    code: 'T20',
    effectiveFrom: since,
    kind: 'count',
    priceFen: 6_000n,
    rides: 20,
    validDays: 60,
    lines: ['R1'],
  },
];

/** Half fare for pupils and from 65 on, none from 70 on and for the disabled: 120 rides a month, then 85 %. */
export const concessionTerms: readonly ConcessionTerms[] = [200_001, 200_002, 200_003].flatMap(
  (participantId) =>
    Object.entries({ student: '0.5', 'senior-65': '0.5', 'senior-70': '0', disabled: '0' }).map(
      ([category, rate]) => ({
        participantId,
        category,
        effectiveFrom: since,
        rate,
        ridesPerMonth: 120,
        beyondRate: '0.85',
      }),
    ),
);

/** Which purses may pay where: money of a purpose first, where it is meant for, the holder's own after it. */
export const purseRules: readonly PurseRule[] = [
  { sector: 'shops', mcc: '*', purses: ['online'], split: false },
  { sector: 'shops', mcc: '5411', purses: ['subsidy', 'online'], split: true },
  { sector: 'shops', mcc: '5261', purses: ['farm-subsidy', 'online'], split: true },
  { sector: 'shops', mcc: '8050', purses: ['elder-care', 'subsidy', 'online'], split: true },
  { sector: 'transit', mcc: '*', purses: ['e-purse', 'online'], split: true },
  { sector: 'utilities', mcc: '*', purses: ['subsidy', 'online'], split: true },
  { sector: 'medical', mcc: '*', purses: ['medical', 'online'], split: true },
].map((rule) => ({ ...rule, effectiveFrom: since, purses: rule.purses as Purse[] }));

export const loadRules: readonly LoadRule[] = [
  {
    participantId: 300_001,
    purse: 'online',
    effectiveFrom: since,
    perLoadFen: 500_000n,
    balanceMaxFen: 2_000_000n,
  },
  {
    participantId: 300_001,
    purse: 'e-purse',
    effectiveFrom: since,
    perLoadFen: 50_000n,
    balanceMaxFen: 100_000n,
  },
  {
    participantId: 300_010,
    purse: 'online',
    effectiveFrom: since,
    perLoadFen: 100_000n,
    balanceMaxFen: 2_000_000n,
  },
  {
    participantId: 300_002,
    purse: 'medical',
    effectiveFrom: since,
    perLoadFen: 500_000n,
    balanceMaxFen: 5_000_000n,
  },
  {
    participantId: 300_003,
    purse: 'subsidy',
    effectiveFrom: since,
    perLoadFen: 500_000n,
    balanceMaxFen: 5_000_000n,
  },
];

/** Whose rides cost less: the card, and its category. */
export const concessions: readonly { readonly card: number; readonly category: string }[] = [
  { card: 1, category: 'student' },
  { card: 2, category: 'senior-70' },
  { card: 9, category: 'senior-65' },
];
export const concessionsSince = since;
const agency = { participantId: 600_001, terminalId: terminalId(600_001, 1) };
/** What Civil Affairs pays out: lists may be proposed on the day they are published, so that one can try. */
export const programmes: readonly Programme[] = [
  {
    ...agency,
    code: 'elder-allowance',
    name: '高龄老人津贴',
    nameEn: 'Old-Age Allowance',
    purse: 'subsidy',
    perLineMaxFen: 100_000n,
    publicationDays: 0,
    active: true,
  },
  {
    ...agency,
    code: 'farm-support',
    name: '耕地地力保护补贴',
    nameEn: 'Farmland Support',
    purse: 'farm-subsidy',
    perLineMaxFen: 500_000n,
    publicationDays: 0,
    active: true,
  },
];

export const cardCount = 1_000;
/** Numbers of no issuer: they begin with 9. */
export const cardNumber = (card: number) => `9460${String(card).padStart(12, '0')}`;

/** Cards from here on cannot pay; they have no opening balance. */
export const payingCards = 996;

/** The last few cards cannot pay, each for its own reason, to try declines on. */
export function cardTerms(card: number) {
  const status = card === 996 ? 'lost' : card === 997 ? 'locked' : card === 998 ? 'not-active' : 'active';
  const product = card % 10 === 9 ? 'senior' : 'standard';
  const expiresOn = card === 999 ? '2026-10-31' : '2036-12-31';
  return { status, product, expiresOn } as const;
}

/** What is loaded before the first customer comes. */
export const openingLoads: readonly {
  participantId: number;
  purse: Purse;
  amountFen: bigint;
  every: number;
}[] = [
  { participantId: 300_001, purse: 'online', amountFen: 50_000n, every: 1 },
  { participantId: 300_001, purse: 'e-purse', amountFen: 5_000n, every: 1 },
  { participantId: 300_002, purse: 'medical', amountFen: 30_000n, every: 2 },
  { participantId: 300_003, purse: 'subsidy', amountFen: 20_000n, every: 5 },
];
