import { historyLine, isShare } from '#channels/pages/rules/history-line.ts';
import { textsOf } from '#channels/pages/texts/texts.ts';
import type { Kind } from '#clearing/request.ts';
import { programmes } from '#demo/hainan.ts';
import { causeTexts } from '#disbursements/rules/causes.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
import { formatYuan } from '#money/fen.ts';
import { hainanTime } from '#platform/calendar.ts';

/** Amounts come as fen in JSON. */
export const yuan = (fen: unknown): string => formatYuan(BigInt(Number(fen)));

/** A moment on the clock of Hainan. */
export const clock = (iso: unknown): string => hainanTime(Date.parse(String(iso)));

export const masked = (cardNumber: string): string => textsOf.zh.card.masked(cardNumber.slice(-4));

export const problemWords = (body: Readonly<Record<string, unknown>>): string =>
  `${body['titleZh']} ${body['title']}`;

export function causeWords(cause: unknown): string {
  const { zh, en } = causeTexts(String(cause));
  return `${zh} ${en}`;
}

const kinds: Readonly<Record<Kind, string>> = {
  payment: '消费 payment',
  load: '充值 load',
  authorise: '预授权 authorise',
  capture: '预授权完成 capture',
  void: '撤销 void',
  refund: '退款 refund',
  reversal: '冲正 reversal',
  compensation: '错款补偿 compensation',
};
const sectors: Readonly<Record<string, string>> = {
  shops: '商户 shops',
  transit: '交通 transit',
  'top-up': '充值 top-up',
  utilities: '缴费 utilities',
  medical: '医疗 medical',
  subsidies: '补贴 subsidies',
};

export const kindWords = (kind: unknown): string => kinds[kind as Kind] ?? String(kind);
export const sectorWords = (sector: string): string => sectors[sector] ?? sector;
export const purseWords = (purse: string): string =>
  `${textsOf.zh.purses[purse as Purse]?.name ?? ''} ${purse}`.trim();

interface Leg {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** What moved on which purse, and what is there now. */
export function moved(legs: readonly Leg[] | undefined): string {
  const each = (legs ?? []).map(
    ({ purse, amount, balance }) => `${purseWords(purse)} ${yuan(amount)},余额 balance ${yuan(balance)}`,
  );
  return each.join('; ');
}

/** Why an entry is as it is: a line in Chinese and one in English, as the holder's pages say it, or none. */
export function whyLines(detail: Readonly<Record<string, string>>): string[] {
  const { facts } = historyLine({ ...noEntry, detail }, new Map());
  if (facts.length === 0) return [];
  return (['zh', 'en'] as const).map((language) => {
    const says = textsOf[language].history;
    const told = facts.map(({ name, value }) => {
      if (isShare(name)) return `${says.shares[name]} ${yuan(value)}`;
      const programme = programmes.find(({ code }) => name === 'programme' && code === value);
      const called = language === 'zh' ? programme?.name : programme?.nameEn;
      return says.facts[name](called ?? value);
    });
    return told.join(language === 'zh' ? ',' : ', ');
  });
}

const noEntry: Parameters<typeof historyLine>[0] = {
  ...{ id: 0n, sector: '', participantId: 0, terminalId: 0, businessDate: '', originalId: null },
  ...{ legs: [], detail: {}, hold: null },
  kind: 'payment',
};
