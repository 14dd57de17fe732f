import { hainanDay } from '#platform/calendar.ts';
import { type Holder, issueNeighbour } from './counter.ts';
import { causeWords, moved, problemWords, yuan } from './words.ts';
import { tell, type World } from './world.ts';

const programme = 'elder-allowance';
const lookEveryMs = 300;
const looksMax = 60;

/** Two people pay a subsidy; it arrives, and buys only what it may. */
export async function receiveSubsidy(
  world: World,
  staff: { readonly operator: string; readonly finance: string },
  holder: Holder,
): Promise<void> {
  const { operator, finance } = staff;
  // Each run pays people of its own, so the month is free to be this one.
  const period = hainanDay(Date.now()).slice(0, 7);
  const neighbour = await issueNeighbour(world, operator);
  const lines = [
    'line,idNumber,name,amount',
    `1,${holder.idNumber},${holder.name},20000`,
    `2,${neighbour.idNumber},李测试,20000`,
  ];
  const path = `/v1/subsidy-programmes/${programme}/batches?period=${period}`;
  const imported = await world.call(operator, path, { body: `${lines.join('\n')}\n` });
  const batch = `/v1/subsidy-batches/${imported.body['batchId']}`;
  tell(
    `经办导入高龄津贴名单(${period}),逐行校验`,
    `The operator imports the list of ${period}; each line is judged`,
    `名单合计 list ${yuan(imported.body['total'])};待发放 to pay ${portion(imported.body['left'])};未通过 failed ${portion(imported.body['failed'])}`,
  );
  await world.call(operator, `${batch}/publication`, { body: {} });
  await world.call(operator, `${batch}/proposal`, { body: {} });
  const own = await world.call(operator, `${batch}/decision`, {
    body: { decision: 'approved', reason: 'own' },
    wanted: { status: 403 },
  });
  tell(
    '公示并提交复核;经办人自己不能批准',
    'Published and proposed; whoever made it may not approve it',
    `403 ${problemWords(own.body)}`,
  );
  const approve = { body: { decision: 'approved', reason: 'list checked' } };
  await world.call(finance, `${batch}/decision`, approve);
  tell('财务复核批准(绑定名单内容)', 'Finance approves, bound to the content of the list', '已批准 approved');
  await world.call(operator, `${batch}/run`, { body: {} });
  const end = await untilPaid(world, operator, batch);
  tell(
    '一次发放',
    'Paid in one run',
    `部分发放 partly paid:已发放 paid ${portion(end['paid'])};失败 failed ${portion(end['failed'])}`,
  );
  const failed = await world.call(operator, `${batch}/lines?state=failed`);
  const [line] = failed.body['lines'] as { cause: string }[];
  tell('失败的行有原因', 'The line that failed has a cause', causeWords(line?.cause));
  const corrected = `line,idNumber,name,amount\n2,${neighbour.idNumber},${neighbour.name},20000\n`;
  await world.call(operator, `${batch}/corrections`, { body: corrected });
  await world.call(operator, `${batch}/proposal`, { body: {} });
  await world.call(finance, `${batch}/decision`, approve);
  await world.call(operator, `${batch}/run`, { body: {} });
  const again = await untilPaid(world, operator, batch);
  if (again['state'] !== 'paid') throw new Error('the corrected line was not paid');
  const paid = `全部发放 all paid ${portion(again['paid'])}`;
  tell('更正、再次复核后补发', 'Corrected, approved anew and paid', paid);
  await spend(world, holder);
}

async function spend(world: World, holder: Holder): Promise<void> {
  const buy = (amount: number) => ({
    ...{ sector: 'shops', cardNumber: holder.cardNumber, amount, currency: 'CNY' },
    detail: { purse: 'subsidy' },
  });
  const refused = { status: 403, code: 'purpose-not-allowed' };
  const elsewhere = await world.post(1_000_021, '/v1/transactions', {
    body: buy(5_000),
    wanted: refused,
  });
  tell(
    '用津贴买海鲜:拒绝,并说明原因',
    'Seafood from the allowance: refused, with the reason',
    `403 ${problemWords(elsewhere.body)}`,
  );
  const groceries = await world.post(1_000_041, '/v1/transactions', { body: buy(5_000) });
  tell(
    '在便民超市买米:可以',
    'Rice at the grocery: allowed',
    moved(groceries.body['purses'] as Parameters<typeof moved>[0]),
  );
}

function portion(part: unknown): string {
  const { count, amount } = part as { count: number; amount: number };
  return `${count} 笔 ${yuan(amount)}`;
}

async function untilPaid(world: World, token: string, batch: string): Promise<Record<string, unknown>> {
  for (let looks = 0; looks < looksMax; looks++) {
    const { body } = await world.call(token, batch);
    if (body['state'] === 'paid' || body['state'] === 'partly-paid') return body;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error('the batch was not paid in time');
}
