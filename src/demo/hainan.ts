import type { Programme } from '#disbursements/programmes.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
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
  {
    id: 600_001,
    name: '海口民政补贴',
    nameEn: 'Haikou Civil Affairs Subsidies',
    sector: 'subsidies',
    active: true,
  },
] as const;

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
