const lengthHeader = 'content-length: ';

/** The status of an HTTP answer; null while it has not come whole. */
export function readHttpAnswer(answer: Buffer): number | null {
  const text = answer.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0 || answer.length < headEnd + 4 + bodyBytes(text, headEnd)) return null;
  return Number(text.slice(9, 12));
}

/** The length as the head says it; header names come in either case. */
function bodyBytes(text: string, headEnd: number): number {
  const at = text.indexOf(lengthHeader);
  const start = at >= 0 && at < headEnd ? at : text.slice(0, headEnd).toLowerCase().indexOf(lengthHeader);
  if (start < 0) throw new Error('an answer without a content-length');
  return Number.parseInt(text.slice(start + lengthHeader.length, headEnd), 10);
}
