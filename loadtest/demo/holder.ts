import { formatYuan } from '#money/fen.ts';
import type { Holder } from './counter.ts';
import { table } from './table.ts';
import { say, tell, type World } from './world.ts';

const yuan = (fen: number) => formatYuan(BigInt(fen));

interface Leg {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** The holder signs in and reads what there is, and every fen of how it came about. Gives the session's token. */
export async function readAccount(world: World, holder: Holder): Promise<string> {
  const { cardNumber } = holder;
  const wrong = { cardNumber, password: '000001' };
  await world.call('', '/v1/holder-sign-ins', {
    body: wrong,
    wanted: { status: 401, code: 'sign-in-wrong' },
  });
  const body = { cardNumber, password: holder.queryPassword };
  const token = String((await world.call('', '/v1/holder-sign-ins', { body })).body['token']);
  tell(
    '持卡人登录(错误密码被拒,不透露卡是否存在)',
    'The holder signs in; a wrong password tells nothing',
    'signed in',
  );
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
      ['purse 账户', 'posted 余额', 'held 冻结', 'available 可用'],
      purses.map((p) => [p.purse, yuan(p.posted), yuan(p.held), yuan(p.available)]),
    ),
  );
  const history = await world.call(token, '/v1/card-accounts/mine/history?limit=40');
  const entries = history.body['entries'] as Entry[];
  say();
  say(table(['what', 'where', 'why', 'purse', 'amount', 'balance'], entries.flatMap(lines)));
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
  const why = Object.entries(entry.detail).map(([name, value]) => `${name} ${value}`);
  return entry.purses.map((leg) => [
    `${entry.sector} ${entry.kind}`,
    entry.participant,
    why.join(', ').slice(0, 48),
    leg.purse,
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
  tell('每一分都对得上明细', 'The history explains every fen of every purse', 'checked');
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
    `${address}/holder   card ${cardNumber}, password ${password}`,
  );
}
