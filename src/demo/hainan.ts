import type { Purse } from '#ledger/rules/accounts.ts';
import type { Institution } from '#sectors/medical/rules/settle.ts';
import type { PurseRule } from '#sectors/rules/purse-rules.ts';
import type { Limit } from '#sectors/shops/rules/limits.ts';
import type { LoadRule } from '#sectors/top-up/rules/load.ts';
import type { Tariff } from '#sectors/transit/rules/fare.ts';

/** A small Hainan to try the product on. Every name is made up of its trade and its town; every number is a test number. */
const since = '2026-01-01';

export const participants = [
  { id: 100_001, name: '海口骑楼小吃', nameEn: 'Haikou Arcade Snacks', sector: 'shops', active: true },
  { id: 100_002, name: '三亚海鲜市场', nameEn: 'Sanya Seafood Market', sector: 'shops', active: true },
  { id: 100_003, name: '万宁咖啡', nameEn: 'Wanning Coffee', sector: 'shops', active: true },
  { id: 200_001, name: '海口公交', nameEn: 'Haikou Bus', sector: 'transit', active: true },
  { id: 200_002, name: '三亚公交', nameEn: 'Sanya Bus', sector: 'transit', active: true },
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
] as const;

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

export const limits: readonly Limit[] = [
  { product: 'standard', effectiveFrom: since, perPaymentFen: 100_000n, perDayFen: 300_000n },
  { product: 'senior', effectiveFrom: since, perPaymentFen: 50_000n, perDayFen: 100_000n },
];

const bus = { effectiveFrom: since, transferRate: '0.5', transferWindowMinutes: 60 };
export const tariffs: readonly Tariff[] = [
  { ...bus, participantId: 200_001, line: '*', fareFen: 200n },
  { ...bus, participantId: 200_001, line: 'AIRPORT', fareFen: 1_500n },
  { ...bus, participantId: 200_002, line: '*', fareFen: 100n },
];

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
