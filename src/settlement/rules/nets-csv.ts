import { plainYuan } from '#money/fen.ts';
import { byteOrderMark, csvLine } from '#platform/rules/write-csv.ts';
import type { Net } from './nets.ts';

/** A net as it is handed out. */
export interface CsvNet extends Net {
  readonly name: string;
  readonly nameEn: string;
  readonly netFen: bigint;
}

const columns: readonly (readonly [title: string, cell: (net: CsvNet) => string | number | bigint])[] = [
  ['机构编号 participant_id', (net) => net.participantId],
  ['机构名称 name', (net) => net.name],
  ['英文名称 name_en', (net) => net.nameEn],
  ['贷方笔数 credit_count', (net) => net.creditCount],
  ['贷方金额(分) credit_fen', (net) => net.creditFen],
  ['借方笔数 debit_count', (net) => net.debitCount],
  ['借方金额(分) debit_fen', (net) => net.debitFen],
  ['净额(分) net_fen', (net) => net.netFen],
  ['净额(元) net_yuan', (net) => plainYuan(net.netFen)],
];

/** A day's nets as a file for spreadsheets: RFC 4180, UTF-8 with a byte order mark, a line per participant. */
export function netsCsv(businessDate: string, nets: readonly CsvNet[]): string {
  const header = csvLine(['营业日 business_date', ...columns.map(([title]) => title)]);
  const lines = nets.map((net) => csvLine([businessDate, ...columns.map(([, cell]) => cell(net))]));
  return byteOrderMark + [header, ...lines].join('');
}
