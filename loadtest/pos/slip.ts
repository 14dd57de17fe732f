import { formatYuan } from '#money/fen.ts';
import type { Seen } from '#testing/pos/careful.ts';
import { isOpen } from '#testing/pos/terminal-state.ts';
import { kindWords, meaningOf } from './words.ts';

/** Whose slip it is. */
export interface SlipPlace {
  readonly merchant: string;
  readonly terminalId: number;
  readonly participantId: number;
}

/** "622848******4890": all that a slip shows of a card. */
const maskedCard = (cardNumber: string): string =>
  `${cardNumber.slice(0, 6)}${'*'.repeat(Math.max(4, cardNumber.length - 10))}${cardNumber.slice(-4)}`;

/** The lines of a sales slip. */
export function slipLines({ merchant, terminalId, participantId }: SlipPlace, seen: Seen): string[] {
  const { entry, answer } = seen;
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['商户名称 MERCHANT', merchant],
    ['商户编号 MERCHANT NO.', String(participantId).padStart(15, '0')],
    ['终端编号 TERMINAL NO.', String(terminalId).padStart(8, '0')],
    ['卡号 CARD NO.', maskedCard(entry.cardNumber)],
    ['交易类型 TYPE', kindWords[entry.kind]],
    ['批次号 BATCH', entry.batch],
    ['凭证号 TRACE', entry.trace],
    ['参考号 REFERENCE', entry.rrn],
    ['授权码 APPROVAL', entry.approval],
    ['日期时间 TIME', answeredAt(seen)],
    ['金额 AMOUNT', formatYuan(BigInt(entry.amount))],
    ['结果 RESULT', resultOf(seen)],
  ];
  const isApproved = answer?.code === '00';
  const rule = '─'.repeat(56);
  return [
    rule,
    `                 ${isApproved ? '签购单 SALES SLIP' : '交易凭条 NOT A RECEIPT'}`,
    rule,
    ...rows.filter(([, value]) => value !== null).map(([name, value]) => `${padded(name)}${value}`),
    rule,
  ];
}

function answeredAt({ entry, answer }: Seen): string {
  const [date = '', time = ''] = entry.at.split(' ');
  const hostTime = answer?.fields[12];
  return `${date} ${hostTime?.length === 6 ? hostTime.replace(/(..)(..)(..)/, '$1:$2:$3') : time}`;
}

function resultOf({ entry, answer, isReversed }: Seen): string {
  if (answer !== null) return `${answer.code} ${meaningOf(answer.code)}`;
  if (isReversed) return '未收到应答,已冲正 no answer came, and it was reversed';
  if (isOpen(entry))
    return '未收到应答,冲正待发 no answer came; the reversal goes out before the next transaction';
  return `未收到应答,冲正被拒绝 no answer came, and the reversal was refused: ${entry.reversal} ${meaningOf(entry.reversal ?? '')}`;
}

const nameWidth = 24;

/** Chinese characters take two places. */
function padded(name: string): string {
  const width = [...name].reduce((sum, character) => sum + (character > '\u2e80' ? 2 : 1), 0);
  return name + ' '.repeat(Math.max(1, nameWidth - width));
}
