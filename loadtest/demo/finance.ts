import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from './table.ts';
import { yuan } from './words.ts';
import { say, type World } from './world.ts';

interface Net {
  readonly participantId: number;
  readonly name: string;
  readonly nameEn: string;
  readonly credit: number;
  readonly debit: number;
  readonly net: number;
}

/** Finance closes the day, sees what each participant is owed, and takes it along as a file. Gives the day's date. */
export async function closeTheDay(world: World, token: string, dataDir: string): Promise<string> {
  const date = String((await world.call(token, '/v1/business-days/current')).body['businessDate']);
  const closed = await world.call(token, `/v1/business-days/${date}/close`, { body: {} });
  const { seal, nextDate } = closed.body;
  const sealStart = String(seal).slice(0, 16);
  say(`  营业日 ${date} 已日切,${nextDate} 不停业接续。封存 ${sealStart}…`);
  say(`  Business day ${date} is cut off; ${nextDate} took over without a pause. Seal ${sealStart}…\n`);
  const nets = (await world.call(token, `/v1/business-days/${date}/nets`)).body;
  const head = ['编号 id', '机构 participant', '贷 credit', '借 debit', '净额 net', '谁付给谁 who pays'];
  say(table(head, (nets['participants'] as Net[]).map(netRow)));
  const [ofParticipants, ofPurses] = [Number(nets['participantsNet']), Number(nets['pursesNet'])];
  if (ofParticipants + ofPurses !== 0) throw new Error('the nets and the purses do not sum to nought');
  say(`\n  全部机构净额 ${yuan(ofParticipants)},全部卡账户 ${yuan(ofPurses)},合计 ${yuan(0)}。`);
  say(`  All nets ${yuan(ofParticipants)} and all purses ${yuan(ofPurses)}: together ${yuan(0)}.`);
  const csv = await world.call(token, `/v1/business-days/${date}/nets?format=csv`);
  const file = join(dataDir, `nets-${date}.csv`);
  writeFileSync(file, csv.text);
  say(`  文件 as a file: ${file}`);
  return date;
}

function netRow(row: Net): string[] {
  const { participantId, name, nameEn, credit, debit, net } = row;
  const paid = ['两清 nobody', '一卡通付给机构 One-Card pays it', '机构付给一卡通 it pays One-Card'].at(
    Math.sign(net),
  );
  return [String(participantId), `${name} ${nameEn}`, yuan(credit), yuan(debit), yuan(net), paid ?? ''];
}

/** Recomputes everything that is kept; on a terminal a bar shows how far it is. */
export function proveTheBooks(project: string): void {
  say('  从流水重算全部账目,逐项核对\n  Everything is recomputed from the journal, part by part\n');
  const isTerminal = process.stderr.isTTY === true;
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'src/cli.ts'), 'verify'], {
    stdio: ['ignore', 'inherit', isTerminal ? 'inherit' : 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`verify found the books wrong ${stderr ?? ''}`);
}
