import { clock, masked, problemWords } from './words.ts';
import { tell, testIdNumber, type World } from './world.ts';

/** A holder of the story, with what was typed at the counter. */
export interface Holder {
  readonly idNumber: string;
  readonly name: string;
  readonly cardNumber: string;
  readonly cardId: string;
  readonly cardAccountId: string;
  readonly queryPassword: string;
  readonly paymentPin: string;
}

const reason = 'demonstration';
/** The series stands last, so that a masked number tells the new card from the old. */
const numberOf = (world: World, series: number) => `94${String(world.run).padStart(13, '0')}${series}`;

/** A neighbour whose card was issued without ado, for whom a subsidy is meant too. */
export async function issueNeighbour(
  world: World,
  operator: string,
): Promise<Pick<Holder, 'idNumber' | 'name'>> {
  const person = { idNumber: testIdNumber(world.run + 1), name: '黎测试' };
  const card = { ...person, product: 'standard', cardNumber: numberOf(world, 8), reason };
  await world.call(operator, '/v1/cards', { body: card });
  return person;
}

/** A person applies; the clerk issues the card and hands it out; the holder types both secrets. */
export async function openCard(world: World, operator: string): Promise<Holder> {
  const idNumber = testIdNumber(world.run);
  const name = '符测试';
  const applied = await world.call(operator, '/v1/card-applications', {
    body: { idNumber, name, product: 'standard', reason },
  });
  tell(
    '有人申领社会保障卡',
    'Somebody applies for a card',
    `申请编号 application ${applied.body['applicationId']}`,
  );
  const cardNumber = numberOf(world, 6);
  const issued = await world.call(operator, '/v1/cards', {
    body: { applicationId: applied.body['applicationId'], cardNumber, reason },
  });
  const cardId = String(issued.body['cardId']);
  const cardAccountId = String(issued.body['cardAccountId']);
  tell(
    '经办人员发卡:卡号只以密文摘要保存,证件号与姓名加密',
    'The operator issues it: the number is kept as a keyed digest, person and name are sealed',
    `卡号 card ${masked(cardNumber)},账户编号 card account ${cardAccountId},有效期至 good until ${issued.body['expiresOn']}`,
  );
  const secrets = { queryPassword: '246813', paymentPin: '135790' };
  const active = await world.call(operator, `/v1/cards/${cardId}/activation`, {
    body: { ...secrets, reason },
  });
  tell(
    '持卡人在柜台键入查询密码和支付密码,卡片启用',
    'The holder types query password and payment PIN at the counter; the card is active',
    `已启用 ${active.body['status']}, ${clock(active.body['effectiveAt'])}`,
  );
  return { idNumber, name, cardNumber, cardId, cardAccountId, ...secrets };
}

/** The holder reports the loss; terminals refuse the card from then on; a new one goes on with the same money. */
export async function loseAndReplace(
  world: World,
  operator: string,
  lost: { readonly holder: Holder; readonly token: string },
): Promise<Holder> {
  const { holder, token } = lost;
  const report = await world.call(token, '/v1/card-accounts/mine/loss-reports', { body: { kind: 'formal' } });
  tell(
    '持卡人挂失,立即生效',
    'The holder reports the loss; it counts from this answer on',
    `已挂失 ${report.body['status']}, ${clock(report.body['effectiveAt'])}`,
  );
  const purchase = { sector: 'shops', amount: 500, currency: 'CNY' };
  const grocer = 1_000_041;
  const found = await world.post(grocer, '/v1/transactions', {
    body: { ...purchase, cardNumber: holder.cardNumber },
    wanted: { status: 403, code: 'card-lost' },
  });
  tell('捡到卡的人不能消费', 'Whoever found it cannot pay', `403 ${problemWords(found.body)}`);
  const hot = await world.post(grocer, '/v1/hot-list', { body: {} });
  const entries = hot.body['entries'] as unknown[];
  tell(
    '终端取得黑名单(只有标记,没有卡号)',
    'A terminal fetches the hot list: marks, never numbers',
    `版本 version ${hot.body['version']},本页 ${entries.length} 条 entries on this page`,
  );
  const cardNumber = numberOf(world, 7);
  const replaced = await world.call(operator, `/v1/cards/${holder.cardId}/replacement`, {
    body: { cardNumber, active: true, reason: 'lost' },
  });
  tell(
    '补发新卡:新卡号,同一账户',
    'The card is replaced: a new number, the same card account',
    `换发新卡号 ${masked(holder.cardNumber)} → ${masked(cardNumber)},账户编号 card account ${replaced.body['cardAccountId']} 不变 as before`,
  );
  const paid = await world.post(grocer, '/v1/transactions', { body: { ...purchase, cardNumber } });
  tell(
    '新卡接着消费,余额不变地跟随',
    'The new card pays on with the same money',
    `流水号 transaction ${paid.body['transactionId']}`,
  );
  return { ...holder, cardNumber, cardId: String(replaced.body['cardId']) };
}
