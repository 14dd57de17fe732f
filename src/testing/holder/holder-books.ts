import type { BillShown, MandateShown, Name, PendingItem, SubsidyShown } from '#channels/pages/parts.ts';

/** Names that would do harm on a page that does not escape them. */
export const hostileName: Name = {
  zh: '<img src=x onerror=alert(1)>海鲜"&\'店',
  en: '<script>alert(1)</script> "Seafood" & \'Co\'',
};

export const programmes: Readonly<Record<string, Name>> = {
  '11': { zh: '高龄津贴', en: 'Old-age allowance' },
  '12': { zh: '困难残疾人生活补贴', en: 'Living subsidy for disabled persons' },
};
const oldAge = programmes['11'] as Name;
const living = programmes['12'] as Name;
const day = (text: string) => new Date(`${text}+08:00`);

/** What was paid out to the card of the pictures, newest first. */
export const subsidies: readonly SubsidyShown[] = [
  {
    programme: oldAge,
    period: '2026-11',
    amountFen: 29_900n,
    state: 'on-its-way',
    purse: 'subsidy',
    paidAt: null,
  },
  {
    programme: living,
    period: '2026-11',
    amountFen: 9_000n,
    state: 'returned',
    purse: 'subsidy',
    paidAt: null,
  },
  ...['2026-10', '2026-09', '2026-08'].flatMap((period): SubsidyShown[] => [
    {
      programme: oldAge,
      period,
      amountFen: 29_900n,
      state: 'paid',
      purse: 'subsidy',
      paidAt: day(`${period}-20T10:12:31`),
    },
    {
      programme: living,
      period,
      amountFen: 9_000n,
      state: 'paid',
      purse: 'subsidy',
      paidAt: day(`${period}-21T09:30:05`),
    },
  ]),
];

const water = { utility: { zh: '水费', en: 'Water' }, company: { zh: '海口水务', en: 'Haikou Water' } };
const power = { utility: { zh: '电费', en: 'Electricity' }, company: { zh: '海口供电', en: 'Haikou Power' } };
const gas = { utility: { zh: '燃气费', en: 'Gas' }, company: hostileName };

export const bills: readonly BillShown[] = [
  {
    ...water,
    period: '2026-10',
    amountFen: 4_620n,
    penaltyFen: 0n,
    state: 'open',
    dueOn: '2026-11-30',
    paidAt: null,
  },
  {
    ...power,
    period: '2026-10',
    amountFen: 13_875n,
    penaltyFen: 275n,
    state: 'on-its-way',
    dueOn: '2026-11-15',
    paidAt: day('2026-11-22T19:40:10'),
  },
  {
    ...gas,
    period: '2026-09',
    amountFen: 5_600n,
    penaltyFen: 0n,
    state: 'given-back',
    dueOn: '2026-10-31',
    paidAt: day('2026-10-28T08:01:44'),
  },
  {
    ...water,
    period: '2026-09',
    amountFen: 4_410n,
    penaltyFen: 0n,
    state: 'paid',
    dueOn: '2026-10-31',
    paidAt: day('2026-10-12T20:15:02'),
  },
];

export const pending: readonly PendingItem[] = [
  { kind: 'bill-open', about: { zh: '水费 2026-10', en: 'Water 2026-10' }, amountFen: 4_620n },
  { kind: 'bill-on-its-way', about: { zh: '电费 2026-10', en: 'Electricity 2026-10' }, amountFen: 13_875n },
  { kind: 'subsidy-on-its-way', about: oldAge, amountFen: 29_900n },
];

export const bankOffer: NonNullable<MandateShown['offer']> = {
  bank: { zh: '海岛合作银行', en: 'Island Cooperative Bank' },
  accountTail: '6021',
  perDayMax: 3,
};
