import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoSignIns } from '#demo/sign-ins.ts';
import { formatYuan } from '#money/fen.ts';
import { readConfig } from '#platform/config.ts';
import { defaultDataDir } from '#platform/embedded/data-folder.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import type { Step } from './demo/story.ts';
import { table } from './demo/table.ts';
import { type Answered, playTerminals } from './demo/terminals.ts';

const answerTimeoutMs = 10_000;
const project = join(import.meta.dirname, '..');
const say = (text = '') => process.stdout.write(`${text}\n`);

/** Acts as the three users against the running service: terminals, a cardholder, finance. */
async function demo(): Promise<void> {
  const dataDir = readConfig(process.env).dataDir ?? defaultDataDir(project);
  const signIns = readSignIns(join(dataDir, 'demo-sign-ins.json'));
  await act('1. Terminals post 终端交易', () => terminals(signIns));
  await act('2. A cardholder reads 持卡人查询', () => holder(signIns));
  const date = await act('3. Finance closes the day 财务日切', () => finance(signIns, dataDir));
  await act('4. The books are proved 核验账簿', async () => verify());
  say(`\nDone: business day ${date} is closed and sealed, and every fen of it is accounted for.`);
}

async function act<T>(title: string, play: () => Promise<T>): Promise<T> {
  say(`\n${title}\n${'─'.repeat(72)}`);
  return play();
}

type SignIns = DemoSignIns & { readonly address: string };

function readSignIns(file: string): SignIns {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  say(`There are no demonstration sign-ins in ${file}: run "npm start" first, and leave it running.`);
  process.exit(1);
}

async function terminals(signIns: SignIns): Promise<void> {
  const keys = new Map(signIns.terminals.map(({ terminalId, key }) => [terminalId, key]));
  const client = terminalClient(1);
  const sending = { address: signIns.address, timeoutMs: answerTimeoutMs, retryAttempt: 0 };
  await playTerminals({
    post: (signer, what) => client.post(signer, what, sending),
    keyOf: (terminalId) => keys.get(terminalId) ?? '',
    tell: (step, answer) => {
      say(`\n  ${step.title}\n  ${step.titleZh}`);
      for (const line of outcomeLines(step, answer)) say(`    ${line}`);
    },
  });
  client.close();
}

function outcomeLines(step: Step, { status, replayed, body }: Answered): string[] {
  const results = body['results'] as { httpStatus: number; body: Record<string, unknown> }[] | undefined;
  if (results !== undefined) return results.map((line) => outcome(line.httpStatus, line.body));
  return [
    `terminal ${step.terminal} ← ${outcome(status, body)}${replayed ? '   (stored answer, replayed)' : ''}`,
  ];
}

function outcome(status: number, body: Record<string, unknown>): string {
  if (status !== 200) {
    const field = body['field'] === undefined ? '' : `, field ${body['field']}`;
    return `${status} ${body['code']}${field}: ${body['title']} ${body['titleZh']}`;
  }
  const purses = body['purses'] as { purse: string; amount: number; balance: number }[];
  const moved = purses.map(
    (leg) => `${leg.purse} ${formatYuan(BigInt(leg.amount))} → balance ${formatYuan(BigInt(leg.balance))}`,
  );
  const still =
    body['kind'] === 'authorise' ? `held ${formatYuan(BigInt(String(body['amount'])))}` : 'nothing moved';
  return `${status} ${body['kind']} approved  ${moved.join('; ') || still}  ${body['transactionId']}`;
}

async function read(signIns: SignIns, path: string, token: string): Promise<Record<string, unknown>> {
  const response = await fetch(signIns.address + path, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

const yuan = (fen: number) => formatYuan(BigInt(fen));

async function holder(signIns: SignIns): Promise<void> {
  const token = signIns.holders[0]?.token ?? '';
  const balances = await read(signIns, '/v1/card-accounts/mine/balances', token);
  const purses = balances['purses'] as { purse: string; posted: number; held: number; available: number }[];
  say(
    table(
      ['purse 账户', 'posted 余额', 'held 冻结', 'available 可用'],
      purses.map((p) => [p.purse, yuan(p.posted), yuan(p.held), yuan(p.available)]),
    ),
  );
  const history = await read(signIns, '/v1/card-accounts/mine/history?limit=8', token);
  const entries = history['entries'] as {
    decidedAt: string;
    kind: string;
    participant: string;
    participantEn: string;
    purses: { purse: string; amount: number; balance: number }[];
  }[];
  say('');
  say(
    table(
      ['time UTC', 'what', 'where', 'purse', 'amount', 'balance'],
      entries.flatMap((e) =>
        e.purses.map((p) => [
          e.decidedAt.slice(0, 19),
          e.kind,
          `${e.participant} ${e.participantEn}`,
          p.purse,
          yuan(p.amount),
          yuan(p.balance),
        ]),
      ),
    ),
  );
}

async function finance(signIns: SignIns, dataDir: string): Promise<string> {
  const token = signIns.financeToken;
  const day = await read(signIns, '/v1/business-days/current', token);
  const date = String(day['businessDate']);
  const headers = { authorization: `Bearer ${token}` };
  const closed = await fetch(`${signIns.address}/v1/business-days/${date}/close`, {
    method: 'POST',
    headers,
  });
  const seal = (await closed.json()) as { seal: string; nextDate: string };
  if (!closed.ok) throw new Error(`closing ${date} was answered ${closed.status}`);
  say(
    `Business day ${date} is cut off; ${seal.nextDate} took over without a pause. Seal ${seal.seal.slice(0, 16)}…\n`,
  );
  const nets = await read(signIns, `/v1/business-days/${date}/nets`, token);
  const rows = nets['participants'] as {
    participantId: number;
    name: string;
    nameEn: string;
    credit: number;
    debit: number;
    net: number;
  }[];
  say(
    table(
      ['id', 'participant 机构', 'credit 贷', 'debit 借', 'net 净额'],
      rows.map((r) => [
        String(r.participantId),
        `${r.name} ${r.nameEn}`,
        yuan(r.credit),
        yuan(r.debit),
        yuan(r.net),
      ]),
    ),
  );
  const [ofParticipants, ofPurses] = [Number(nets['participantsNet']), Number(nets['pursesNet'])];
  say(
    `\nAll nets ${yuan(ofParticipants)} and all purses ${yuan(ofPurses)}: together ${yuan(ofParticipants + ofPurses)}.`,
  );
  const csv = await fetch(`${signIns.address}/v1/business-days/${date}/nets?format=csv`, { headers });
  const file = join(dataDir, `nets-${date}.csv`);
  writeFileSync(file, await csv.text());
  say(`As a file: ${file}`);
  return date;
}

function verify(): void {
  const { status } = spawnSync(process.execPath, [join(project, 'src/cli.ts'), 'verify'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('verify found the books wrong');
}

demo().catch((error: Error) => {
  const isRefused = /ECONNREFUSED/.test(`${error.message} ${error.cause}`);
  const hint = isRefused ? 'no service answers there: run "npm start" and leave it running' : error.message;
  say(`\nThe demonstration stopped: ${hint}.`);
  process.exit(1);
});
