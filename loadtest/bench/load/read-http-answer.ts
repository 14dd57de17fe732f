import type { WireAnswer } from './wire-answer.ts';

const lengthHeader = 'content-length: ';

/** An HTTP answer; null while it has not come whole. A connection has one request under way, so it says nobody's. */
export function readHttpAnswer(answer: Buffer): WireAnswer | null {
  const text = answer.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const bytes = headEnd + 4 + bodyBytes(text, headEnd);
  return answer.length < bytes ? null : { status: Number(text.slice(9, 12)), bytes, mark: 0 };
}

/** The length as the head says it; header names come in either case. */
function bodyBytes(text: string, headEnd: number): number {
  const at = text.indexOf(lengthHeader);
  const start = at >= 0 && at < headEnd ? at : text.slice(0, headEnd).toLowerCase().indexOf(lengthHeader);
  if (start < 0) throw new Error('an answer without a content-length');
  return Number.parseInt(text.slice(start + lengthHeader.length, headEnd), 10);
}
