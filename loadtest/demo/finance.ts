import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatYuan } from '#money/fen.ts';
import { table } from './table.ts';
import { say, type World } from './world.ts';

const yuan = (fen: number) => formatYuan(BigInt(fen));

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
  say(
    `Business day ${date} is cut off; ${nextDate} took over without a pause. Seal ${String(seal).slice(0, 16)}…\n`,
  );
  const nets = (await world.call(token, `/v1/business-days/${date}/nets`)).body;
  say(
    table(
      ['id', 'participant 机构', 'credit 贷', 'debit 借', 'net 净额'],
      (nets['participants'] as Net[]).map((row) => [
        String(row.participantId),
        `${row.name} ${row.nameEn}`,
        yuan(row.credit),
        yuan(row.debit),
        yuan(row.net),
      ]),
    ),
  );
  const [ofParticipants, ofPurses] = [Number(nets['participantsNet']), Number(nets['pursesNet'])];
  if (ofParticipants + ofPurses !== 0) throw new Error('the nets and the purses do not sum to nought');
  say(`\nAll nets ${yuan(ofParticipants)} and all purses ${yuan(ofPurses)}: together ${yuan(0)}.`);
  const csv = await world.call(token, `/v1/business-days/${date}/nets?format=csv`);
  const file = join(dataDir, `nets-${date}.csv`);
  writeFileSync(file, csv.text);
  say(`As a file: ${file}`);
  return date;
}

/** Recomputes everything that is kept. */
export function proveTheBooks(project: string): void {
  const { status } = spawnSync(process.execPath, [join(project, 'src/cli.ts'), 'verify'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('verify found the books wrong');
}
