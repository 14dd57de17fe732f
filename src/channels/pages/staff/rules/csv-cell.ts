import type { Cell } from '#channels/pages/staff/lists/list.ts';
import { plainYuan } from '#money/fen.ts';
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
