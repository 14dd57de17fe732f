/** What of a batch is approved. */
export interface BatchContent {
  readonly batchId: bigint;
  readonly round: number;
  readonly programme: string;
  readonly period: string;
  readonly participantId: number;
  readonly terminalId: number;
  readonly purse: string;
  /** The lines that are to be paid: how many, how much, and the SHA-256 over each of them in order. */
  readonly lineCount: number;
  readonly totalFen: bigint;
  readonly linesDigestHex: string;
}

/** The batch as two people agree on it, written the same way each time. */
export function contentText(content: BatchContent): string {
  const { batchId, round, programme, period, participantId, terminalId, purse } = content;
  return [
    `batch ${batchId} round ${round}`,
    `programme ${programme} period ${period}`,
    `paid by ${participantId} at ${terminalId} into ${purse}`,
    `lines ${content.lineCount} total ${content.totalFen} fen`,
    `sha256 ${content.linesDigestHex}`,
  ].join('\n');
}
