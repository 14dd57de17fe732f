import { hainanTime } from '#platform/calendar.ts';
import type { Holder } from './counter.ts';
import { kindWords, moved, problemWords, yuan } from './words.ts';
import { tell, type World } from './world.ts';

/** What moved on which purse, as the terminal prints it. */
function slip(body: Readonly<Record<string, unknown>>): string {
  const legs = moved(body['purses'] as Parameters<typeof moved>[0]);
  return `${kindWords(body['kind'] ?? 'payment')} 已批准 approved  ${legs || '未动款 nothing moved'}`;
}

const terminals = {
  agent: 3_000_101,
  bank: 3_000_011,
  snacks: 1_000_011,
  seafood: 1_000_021,
  lottery: 1_000_071,
  bus: 2_000_011,
  rail: 2_000_031,
  hospital: 5_000_011,
  pharmacy: 5_000_021,
  medicalCentre: 3_000_021,
} as const;

/** The new card is topped up and pays in every sector. */
export async function useEverywhere(world: World, holder: Holder): Promise<void> {
  await topUp(world, holder);
  await shop(world, holder);
  await ride(world, holder);
  await beTreated(world, holder);
  await payBills(world, holder);
}

const onCard = (holder: Holder, sector: string) => ({
  sector,
  cardNumber: holder.cardNumber,
  currency: 'CNY',
});

async function topUp(world: World, holder: Holder): Promise<void> {
  const load = (terminal: number, amount: number, purse: string) =>
    world.post(terminal, '/v1/transactions', {
      body: { ...onCard(holder, 'top-up'), amount, detail: { purse } },
    });
  const cash = await load(terminals.agent, 80_000, 'online');
  tell('代理点现金充值 800 元', 'Cash at an agent, ¥800.00, within its own limit', slip(cash.body));
  const purse = await load(terminals.bank, 3_000, 'e-purse');
  tell('银行向电子钱包圈存 30 元', 'The bank loads the e-purse, ¥30.00', slip(purse.body));
  const medical = await load(terminals.medicalCentre, 20_000, 'medical');
  tell(
    '医保个人账户划入 200 元',
    'Medical insurance pays into the personal account, ¥200.00',
    slip(medical.body),
  );
}

async function shop(world: World, holder: Holder): Promise<void> {
  const pay = (terminal: number, amount: number, more: object = {}) => ({
    terminal,
    body: { ...onCard(holder, 'shops'), amount, ...more },
  });
  const snack = pay(terminals.snacks, 1_250);
  const paid = await world.post(snack.terminal, '/v1/transactions', snack);
  tell('小吃店 12.50 元,免密', 'A snack, ¥12.50, without a PIN', slip(paid.body));
  const feast = pay(terminals.seafood, 32_000);
  const asked = await world.post(feast.terminal, '/v1/transactions', {
    body: feast.body,
    wanted: { status: 403, code: 'pin-required' },
  });
  tell(
    '海鲜 320 元:超过免密限额',
    'Seafood for ¥320.00: over the limit without a PIN',
    `403 ${problemWords(asked.body)}`,
  );
  const sealed = world.sealedPin(terminals.seafood, holder.paymentPin);
  const withPin = await world.post(feast.terminal, '/v1/transactions', {
    body: { ...feast.body, ...sealed },
  });
  tell('键入支付密码(终端加密)后支付', '… and paid with the PIN, sealed by the terminal', slip(withPin.body));
  const back = await world.post(
    terminals.seafood,
    `/v1/transactions/${withPin.body['transactionId']}/refunds`,
    { body: { amount: 2_000, currency: 'CNY' } },
  );
  tell('退货 20 元', 'A refund of ¥20.00 goes back where it came from', slip(back.body));
  const ticket = pay(terminals.lottery, 1_000);
  const blocked = { status: 403, code: 'merchant-category-not-allowed' };
  const lottery = await world.post(ticket.terminal, '/v1/transactions', {
    body: ticket.body,
    wanted: blocked,
  });
  tell(
    '彩票店:该类商户不可用卡',
    'A lottery outlet: not with this card',
    `403 ${problemWords(lottery.body)}`,
  );
}

async function ride(world: World, holder: Holder): Promise<void> {
  const tap = (terminal: number, detail: object) =>
    world.post(terminal, '/v1/transactions', { body: { ...onCard(holder, 'transit'), detail } });
  const first = await tap(terminals.bus, { line: '7' });
  tell('公交刷卡,电子钱包支付', 'A bus, full fare, from the e-purse', slip(first.body));
  const second = await tap(terminals.bus, { line: '12' });
  tell('一小时内换乘半价', 'A transfer within the hour, half', slip(second.body));
  const far = await tap(terminals.rail, { line: 'R1', from: 'HKDZ', to: 'XIUY' });
  tell('市域列车按里程计费', 'Urban rail, by distance', slip(far.body));
}

async function beTreated(world: World, holder: Holder): Promise<void> {
  const pills = await world.post(terminals.pharmacy, '/v1/transactions', {
    body: { ...onCard(holder, 'medical'), amount: 4_500 },
  });
  tell('药店 45 元:先用医保个人账户', 'A pharmacy, ¥45.00: the personal account first', slip(pills.body));
  const localTime = hainanTime(Date.now()).replace(' ', 'T');
  const messageId = `H46010000001${localTime.replaceAll(/\D/g, '')}${String(world.run % 10_000).padStart(4, '0')}`;
  const legs = { total: 30_000, fund: 20_000, personalAccount: 6_000, mutualAid: 1_000, cash: 500 };
  const settlement = await world.post(terminals.hospital, '/v1/medical/settlements', {
    body: {
      ...{ messageId, cardNumber: holder.cardNumber, ...legs, amount: 8_500, currency: 'CNY' },
      localTime,
    },
  });
  tell(
    '医院结算 300 元:统筹 200、共济 10、现金 5、个人账户 60、自付 25,各付其份',
    'A hospital settles ¥300.00: fund 200, mutual aid 10, cash 5, personal account 60, own money 25',
    slip(settlement.body),
  );
}

async function payBills(world: World, holder: Holder): Promise<void> {
  const customer = (last: string) => `${String(world.run % 100_000_000).padStart(8, '1')}${last}`;
  const due = async (utility: number, customerNumber: string) => {
    const asked = await world.post(terminals.agent, '/v1/bill-queries', {
      body: { utility, customerNumber },
    });
    const [bill] = asked.body['bills'] as { billNumber: string; period: string; due: number }[];
    if (bill === undefined) throw new Error('the stand-in utility has no bill');
    return { utility, customerNumber, ...bill };
  };
  const pay = async (bill: Awaited<ReturnType<typeof due>>) => {
    const { utility, customerNumber, billNumber, due: amount } = bill;
    const paid = await world.post(terminals.agent, '/v1/bill-payments', {
      body: { cardNumber: holder.cardNumber, utility, customerNumber, billNumber, amount, currency: 'CNY' },
    });
    return paid.body;
  };
  const water = await due(400_001, customer('01'));
  const written = await pay(water);
  if (written['status'] !== 'written-off') throw new Error('the water bill was not written off');
  tell(
    `水费 ${water.period} ${yuan(water.due)}:查询、缴纳、销账`,
    `Water of ${water.period}, ${yuan(water.due)}: asked, paid, written off`,
    `已销账 written off, ${written['transactionId']}`,
  );
  const power = await due(400_002, customer('99'));
  const returned = await pay(power);
  if (returned['status'] !== 'returned') throw new Error('the refused bill was not given back');
  tell(
    `电费 ${power.period} ${yuan(power.due)}:电网拒绝销账,款项立即退回`,
    `Power of ${power.period}, ${yuan(power.due)}: the utility refuses, and the money is back`,
    `已退回,收费单位拒绝销账 returned, the utility refused it, ${returned['returnTransactionId']}`,
  );
}
