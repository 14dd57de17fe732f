import type { Cell } from '#channels/pages/staff/lists/list.ts';
import { hainanTime } from '#platform/calendar.ts';

/** A cell as a file has it: amounts in yuan and times in Hainan, as programs and spreadsheets read them. */
export function csvCell(cell: Cell): string {
  switch (cell.kind) {
    case 'text':
    case 'mono':
    case 'badge':
      return cell.text;
    case 'count':
      return String(cell.count);
    case 'money':
      return cell.fen === null ? '' : plainYuan(cell.fen);
    case 'moment':
      return cell.at === null ? '' : hainanTime(cell.at.getTime());
  }
}

/** "-1234.50": no sign of the currency and no commas. */
function plainYuan(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
