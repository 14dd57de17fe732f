import { join } from 'node:path';
import { readConfig } from '#platform/config.ts';
import { defaultDataDir } from '#platform/embedded/data-folder.ts';
import { terminalClient } from '#testing/terminal-client.ts';
import { loseAndReplace, openCard } from './demo/counter.ts';
import { closeTheDay, proveTheBooks } from './demo/finance.ts';
import { readAccount, readPages, refuseWrongPassword } from './demo/holder.ts';
import { useEverywhere } from './demo/sectors.ts';
import type { Step } from './demo/story.ts';
import { receiveSubsidy } from './demo/subsidy.ts';
import { type Answered, playTerminals } from './demo/terminals.ts';
import { kindWords, moved, problemWords, yuan } from './demo/words.ts';
import { openWorld, readSignIns, type SignIns, say } from './demo/world.ts';

const answerTimeoutMs = 10_000;
const project = join(import.meta.dirname, '..');

/** Plays the people of the product against the running service; every answer is checked. */
async function demo(): Promise<void> {
  const dataDir = readConfig(process.env).dataDir ?? defaultDataDir(project);
  const signIns = readSignIns(join(dataDir, 'demo-sign-ins.json'));
  const world = openWorld(signIns);
  await act('1. 终端交易 Terminals post', () => terminals(signIns));
  const operator = await world.signInStaff('operator-1');
  const finance = await world.signInStaff('finance-1');
  const holder = await act('2. 发卡启用 A card is issued', () => openCard(world, operator));
  await act('3. 充值与各行业消费 It is topped up and pays in every sector', () =>
    useEverywhere(world, holder),
  );
  await act('4. 补贴发放与专款专用 A subsidy arrives and buys only what it may', () =>
    receiveSubsidy(world, { operator, finance }, holder),
  );
  const token = await act('5. 持卡人查询 The holder sees every fen explained', async () => {
    await refuseWrongPassword(world, holder);
    const session = await readAccount(world, holder);
    await readPages(world, holder);
    return session;
  });
  await act('6. 挂失补卡 A lost card is replaced', async () => {
    const replaced = await loseAndReplace(world, operator, { holder, token });
    await readAccount(world, replaced, 3);
  });
  const date = await act('7. 财务日切 Finance closes the day', () => closeTheDay(world, finance, dataDir));
  await act('8. 核验账簿 The books are proved', async () => proveTheBooks(project));
  say(`\n完成:营业日 ${date} 已日切并封存,每一分都有据可查。`);
  say(`Done: business day ${date} is closed and sealed, and every fen of it is accounted for.`);
}

async function act<T>(title: string, play: () => Promise<T>): Promise<T> {
  say(`\n${title}\n${'─'.repeat(72)}`);
  return play();
}

async function terminals(signIns: SignIns): Promise<void> {
  const keys = new Map(signIns.terminals.map(({ terminalId, key }) => [terminalId, key]));
  const client = terminalClient(1);
  const sending = { address: signIns.address, timeoutMs: answerTimeoutMs, retryAttempt: 0 };
  await playTerminals({
    post: (signer, what) => client.post(signer, what, sending),
    keyOf: (terminalId) => keys.get(terminalId) ?? '',
    tell: (step, answer) => {
      say(`\n  ${step.titleZh}\n  ${step.title}`);
      for (const line of outcomeLines(step, answer)) say(`    ${line}`);
    },
  });
  client.close();
}

function outcomeLines(step: Step, { status, replayed, body }: Answered): string[] {
  const results = body['results'] as { httpStatus: number; body: Record<string, unknown> }[] | undefined;
  if (results !== undefined) return results.map((line) => outcome(line.httpStatus, line.body));
  return [
    `终端 terminal ${step.terminal} ← ${outcome(status, body)}${replayed ? '   (重发原应答 stored answer, replayed)' : ''}`,
  ];
}

function outcome(status: number, body: Record<string, unknown>): string {
  if (status !== 200) {
    const field = body['field'] === undefined ? '' : `,字段 field ${body['field']}`;
    return `${status} ${body['code']}${field}: ${problemWords(body)}`;
  }
  const legs = moved(body['purses'] as Parameters<typeof moved>[0]);
  const still = body['kind'] === 'authorise' ? `冻结 held ${yuan(body['amount'])}` : '未动款 nothing moved';
  return `${status} ${kindWords(body['kind'])} 已批准 approved  ${legs || still}  ${body['transactionId']}`;
}

demo().catch((error: Error) => {
  const isRefused = /ECONNREFUSED/.test(`${error.message} ${error.cause}`);
  const hint = isRefused ? 'no service answers there: run "npm start" and leave it running' : error.message;
  say(`\nThe demonstration stopped: ${hint}.`);
  process.exit(1);
});
