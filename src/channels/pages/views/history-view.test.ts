import { describe, expect, test } from 'vitest';
import type { Visit } from '#channels/pages/page-context.ts';
import type { HistoryLine } from '#channels/pages/rules/history-line.ts';
import { type Language, textsOf } from '#channels/pages/texts/texts.ts';
import { entryNotes, factText, historyView, lineTitle, type NameBook } from './history-view.ts';

const visit = (language: Language): Visit => ({
  language,
  elder: false,
  texts: textsOf[language],
  path: '/holder/history',
  formToken: 'a-token',
  visitSecret: '',
  sessionToken: '',
  signedIn: true,
  mustChange: false,
});
const names: NameBook = {
  participantName: (id) => (id === 7 ? { zh: '海口民政', en: 'Haikou Civil Affairs' } : undefined),
  programmeName: (programme) =>
    programme === '12' ? { zh: '高龄津贴', en: 'Old-age allowance' } : undefined,
};
const line: HistoryLine = {
  id: 1n,
  atMs: Date.UTC(2026, 10, 22, 0, 30),
  day: '2026-11-22',
  kind: 'load',
  sector: 'subsidies',
  participantId: 7,
  terminalId: 71,
  businessDate: '2026-11-22',
  amountFen: 29_900n,
  legs: [{ purse: 'subsidy', amountFen: 29_900n, balanceFen: 29_900n }],
  facts: [],
  hold: null,
  original: null,
};

describe('a line says what happened', () => {
  test.each([
    ['load', 'subsidies', '补贴发放：海口民政', 'Subsidy paid out: Haikou Civil Affairs'],
    [
      'reversal',
      'shops',
      '撤销未完成的交易：海口民政',
      'Unfinished transaction undone: Haikou Civil Affairs',
    ],
    ['payment', 'transit', '乘车：海口民政', 'Ride: Haikou Civil Affairs'],
    ['payment', 'utilities', '缴费：海口民政', 'Bill paid: Haikou Civil Affairs'],
    ['payment', 'shops', '在 海口民政 付款', 'Paid at Haikou Civil Affairs'],
    ['refund', 'shops', '海口民政 退款', 'Refund from Haikou Civil Affairs'],
    [
      'refund',
      'utilities',
      '缴费未入账，款已退回：海口民政',
      'Bill not entered, money returned: Haikou Civil Affairs',
    ],
  ] as const)('for a %s of %s', (...[kind, sector, zh, en]) => {
    expect(lineTitle(visit('zh'), { ...line, kind, sector }, names)).toBe(zh);
    expect(lineTitle(visit('en'), { ...line, kind, sector }, names)).toBe(en);
  });

  test.each([
    ['online', '充值：海口民政', 'Top-up: Haikou Civil Affairs'],
    ['e-purse', '充值：海口民政', 'Top-up: Haikou Civil Affairs'],
    ['medical', '划入：海口民政', 'Paid in: Haikou Civil Affairs'],
    ['elder-care', '划入：海口民政', 'Paid in: Haikou Civil Affairs'],
  ] as const)('and of a load of the purse %s whose money it was', (...[purse, zh, en]) => {
    const legs = [{ purse, amountFen: 100n, balanceFen: 100n }];
    const load = { ...line, sector: 'top-up', legs };
    expect(lineTitle(visit('zh'), load, names)).toBe(zh);
    expect(lineTitle(visit('en'), load, names)).toBe(en);
  });

  test('and a cancelled settlement of a hospital that it is one, which was finished', () => {
    const facts = [{ name: 'cancels', value: 'a-message-id' }] as const;
    const cancelled = { ...line, kind: 'reversal', sector: 'medical', facts } as const;
    expect(lineTitle(visit('zh'), cancelled, names)).toBe('医保结算已撤销：海口民政');
    expect(lineTitle(visit('en'), cancelled, names)).toBe(
      'Medical settlement cancelled: Haikou Civil Affairs',
    );
  });

  test('and a void whether it takes back a payment or only what was set aside', () => {
    const voided = { ...line, kind: 'void', sector: 'shops' } as const;
    expect(lineTitle(visit('zh'), voided, names)).toBe('海口民政 撤销付款，全额退回');
    expect(lineTitle(visit('en'), { ...voided, legs: [] }, names)).toBe(
      'Set-aside released by Haikou Civil Affairs',
    );
  });

  test('and a purchase of a pass that it is one', () => {
    const bought = { ...line, kind: 'payment', sector: 'transit' } as const;
    const facts = [{ name: 'pass', value: 'T20' }] as const;
    expect(lineTitle(visit('zh'), { ...bought, facts }, names)).toBe('购买乘车票：海口民政');
    expect(lineTitle(visit('en'), { ...bought, facts }, names)).toBe('Pass bought: Haikou Civil Affairs');
  });

  test('also when the place has no name any more, or the original is not to be found', () => {
    const refund = { ...line, kind: 'refund', sector: 'shops', participantId: 8 } as const;
    expect(lineTitle(visit('zh'), refund, names)).toBe('机构名称暂缺 退款');
    expect(entryNotes(visit('zh'), refund, names)).toEqual(['对应的原交易暂时查不到，可拨打 12333 查询']);
  });
});

describe('money that was set aside', () => {
  const hold = {
    amountFen: 8_000n,
    capturedFen: 0n,
    expiresAtMs: Date.UTC(2026, 10, 29, 0, 30),
    isOpen: true,
  };
  const notes = (over: Partial<typeof hold>) =>
    entryNotes(visit('zh'), { ...line, kind: 'authorise', legs: [], hold: { ...hold, ...over } }, names);

  test('is said with the moment at which it is free again', () => {
    expect(notes({})[1]).toBe('没有扣款的部分最迟 2026-11-29 08:30:00 自动退回');
  });

  test('and no longer is, is said with what was taken of it', () => {
    expect(notes({ isOpen: false, capturedFen: 4_500n })[1]).toBe(
      '预留已结束：共扣款 ¥45.00，其余已退回可用余额',
    );
    expect(notes({ isOpen: false })[1]).toBe('预留已结束：没有扣款，全部退回可用余额');
  });
});

describe('a fact', () => {
  test.each([
    [{ name: 'programme', value: '12' }, '项目：高龄津贴', 'Old-age allowance'],
    [{ name: 'programme', value: '13' }, '项目：13', '13'],
    [{ name: 'period', value: '2026-11' }, '所属期 2026-11', 'for 2026-11'],
    [{ name: 'bill', value: 'W-7' }, '账单号 W-7', 'Bill W-7'],
    [{ name: 'customer', value: '****0001' }, '户号 ****0001', 'customer ****0001'],
    [{ name: 'concession', value: 'senior-65' }, '65 岁以上老年人优惠', 'senior (65 and over) fare'],
    [{ name: 'line', value: '21' }, '线路 21', 'Line 21'],
    [{ name: 'boarded', value: 'HKDZ' }, 'HKDZ 站上车', 'on at HKDZ'],
    [{ name: 'alighted', value: 'MLAN' }, 'MLAN 站下车', 'off at MLAN'],
    [{ name: 'passUsed', value: 'T20' }, '使用乘车票 T20，本次不另收费', 'on pass T20, nothing more to pay'],
    [{ name: 'transfer', value: '1' }, '已享换乘优惠', 'transfer discount'],
    [
      { name: 'capped', value: '1' },
      '当日车费已封顶，超出部分不再收取',
      "day's maximum reached: nothing beyond it is charged",
    ],
    [
      { name: 'beyond', value: '1' },
      '本月优惠次数已用完，按超出次数的票价收费',
      'concession rides of the month used up: the fare beyond them',
    ],
    [{ name: 'total', value: '48600' }, '医疗费用总额 ¥486.00', 'Medical total ¥486.00'],
    [{ name: 'fund', value: '34020' }, '统筹基金支付 ¥340.20', 'Pooled fund paid ¥340.20'],
    [{ name: 'own', value: '2000' }, '自付（其他账户） ¥20.00', 'Your other accounts paid ¥20.00'],
    [{ name: 'mutualAid', value: '3000' }, '家庭共济支付 ¥30.00', 'Family mutual aid paid ¥30.00'],
    [{ name: 'reason', value: 'charged-twice' }, '原因：重复扣款', 'Reason: charged twice'],
    // A code that is the name of something every object has is still only a code; so is an amount that is none.
    [{ name: 'reason', value: 'constructor' }, '原因：constructor', 'Reason: constructor'],
    [{ name: 'cash', value: '1e3' }, '现金支付 1e3', 'Cash paid 1e3'],
  ] as const)('%o is said in words', (fact, zh, en) => {
    expect(factText(visit('zh'), fact, names)).toBe(zh);
    expect(factText(visit('en'), fact, names)).toBe(en);
  });

  test('that is the last before the archive is followed by where that begins', async () => {
    const page = { lines: [], nextBefore: null, archivedBefore: '2021-11-22', isFirst: false, names };
    expect(String(await historyView(visit('zh'), page))).toContain('2021-11-22 之前的交易已归档');
    expect(String(await historyView(visit('en'), page))).toContain(
      'Entries before 2021-11-22 are in the archive',
    );
    expect(String(await historyView(visit('en'), { ...page, archivedBefore: null }))).not.toContain(
      'archive',
    );
  });

  test('that holds markup is shown as text', async () => {
    const hostile = { ...line, facts: [{ name: 'line' as const, value: '<script>alert(1)</script>' }] };
    const page = await historyView(visit('zh'), {
      ...{ lines: [hostile], nextBefore: null, archivedBefore: null, isFirst: true, names },
    });
    expect(String(page)).toContain('线路 &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(String(page)).not.toContain('<script');
  });
});
