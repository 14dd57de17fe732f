import type { Holder } from './counter.ts';
import { table } from './table.ts';
import { kindWords, problemWords, purseWords, sectorWords, whyLines, yuan } from './words.ts';
import { say, tell, type World } from './world.ts';

interface Leg {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** A wrong query password, first. */
export async function refuseWrongPassword(world: World, { cardNumber }: Holder): Promise<void> {
  const answer = await world.call('', '/v1/holder-sign-ins', {
    body: { cardNumber, password: '000001' },
    wanted: { status: 401, code: 'sign-in-wrong' },
  });
  tell(
    '密码错误:拒绝,不透露卡是否存在',
    'A wrong password is refused, and does not tell whether there is such a card',
    `401 ${problemWords(answer.body)}`,
  );
}

/**
 * The holder signs in and reads what there is, and every fen of how it came about, of which the newest lines are
 * shown. Gives the session's token.
 */
export async function readAccount(world: World, holder: Holder, shownMax = 40): Promise<string> {
  const { cardNumber } = holder;
  const body = { cardNumber, password: holder.queryPassword };
  const token = String((await world.call('', '/v1/holder-sign-ins', { body })).body['token']);
  tell('密码正确:持卡人登录', 'The holder signs in with the right one', '已登录 signed in');
  const balances = await world.call(token, '/v1/card-accounts/mine/balances');
  const purses = balances.body['purses'] as {
    purse: string;
    posted: number;
    held: number;
    available: number;
  }[];
  say();
  say(
    table(
      ['账户 purse', '余额 posted', '冻结 held', '可用 available'],
      purses.map((p) => [purseWords(p.purse), yuan(p.posted), yuan(p.held), yuan(p.available)]),
    ),
  );
  const history = await world.call(token, '/v1/card-accounts/mine/history?limit=40');
  const entries = history.body['entries'] as Entry[];
  say();
  const shown = entries.slice(0, shownMax);
  const notes = shown.flatMap(({ purses: legs, detail }) =>
    legs.map((_, i) => (i === legs.length - 1 ? whyLines(detail) : [])),
  );
  const head = ['交易 what', '机构 where', '账户 purse', '金额 amount', '余额 balance'];
  say(table(head, shown.flatMap(lines), notes));
  if (shown.length < entries.length)
    say(`  …其余 ${entries.length - shown.length} 笔同上 the rest as before`);
  check(purses, entries);
  return token;
}

interface Entry {
  readonly kind: string;
  readonly sector: string;
  readonly participant: string;
  readonly participantEn: string;
  readonly detail: Readonly<Record<string, string>>;
  readonly purses: readonly Leg[];
}

function lines(entry: Entry): string[][] {
  return entry.purses.map((leg) => [
    `${sectorWords(entry.sector)} · ${kindWords(entry.kind)}`,
    entry.participant,
    purseWords(leg.purse),
    yuan(leg.amount),
    yuan(leg.balance),
  ]);
}

/** Every fen explained: the amounts of each purse sum to its balance, and each line leads to the next. */
function check(purses: readonly { purse: string; posted: number }[], entries: readonly Entry[]): void {
  for (const { purse, posted } of purses) {
    let balance = 0;
    for (const leg of entries.flatMap((entry) => entry.purses).reverse()) {
      if (leg.purse !== purse) continue;
      balance += leg.amount;
      if (balance !== leg.balance) throw new Error(`the history does not explain the ${purse}`);
    }
    if (balance !== posted) throw new Error(`the history does not add up to the ${purse}`);
  }
  tell('每一分都对得上明细', 'The history explains every fen of every purse', '✓ 已核对 checked');
}

/** The same on a phone: the pages in Chinese and in English. */
export async function readPages(world: World, holder: Holder): Promise<void> {
  const { address } = world.signIns;
  const jar = new Map<string, string>();
  const visit = async (path: string, form?: Readonly<Record<string, string>>) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(address + path, {
      redirect: 'manual',
      headers: { cookie, ...(form === undefined ? {} : { origin: address }) },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    return { status: answer.status, text: await answer.text() };
  };
  const page = await visit('/holder/sign-in');
  const formToken = /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const { cardNumber, queryPassword: password } = holder;
  const signedIn = await visit('/holder/sign-in', { formToken, cardNumber, password, back: '/holder' });
  if (signedIn.status !== 303) throw new Error(`the page's sign-in was answered ${signedIn.status}`);
  for (const [language, words] of [
    ['zh', '明细'],
    ['en', 'History'],
  ] as const) {
    await visit(`/holder/view?language=${language}&back=/holder`);
    const home = await visit('/holder');
    const history = await visit('/holder/history');
    if (home.status !== 200 || !history.text.includes(words))
      throw new Error(`the ${language} pages are not right`);
  }
  tell(
    '手机网页:中文与英文、长辈版',
    'The same on a phone, in Chinese and in English',
    `${address}/holder   卡号 card ${cardNumber},查询密码 password ${password}`,
  );
}
