import { createHash } from 'node:crypto';
import type { Net } from './nets.ts';

/** What the first day's seal follows. */
export const genesisSeal: Buffer = Buffer.alloc(32);

/** What a day's seal holds fast. */
export interface SealedDay {
  readonly businessDate: string;
  /** Where each lane's chain stood at the cut-off. */
  readonly heads: readonly { readonly lane: number; readonly sequence: bigint; readonly hash: Buffer }[];
  readonly nets: readonly Net[];
}

/**
 * The text that is sealed: one fact a line, lanes and participants in the order of their numbers, amounts in
 * fen, so that anyone who has the figures can write it and hash it with any tool.
 */
export function sealText(previous: Buffer, day: SealedDay): string {
  const heads = [...day.heads].sort((a, b) => a.lane - b.lane);
  const nets = [...day.nets].sort((a, b) => a.participantId - b.participantId);
  const lines = [
    'one-card day seal v1',
    `previous ${previous.toString('hex')}`,
    `day ${day.businessDate}`,
    ...heads.map((head) => `lane ${head.lane} ${head.sequence} ${head.hash.toString('hex')}`),
    ...nets.map(
      (net) =>
        `net ${net.participantId} ${net.creditFen} ${net.debitFen} ${net.creditCount} ${net.debitCount}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The day's seal: SHA-256 over the text, which begins with the seal of the day before. */
export function sealHash(previous: Buffer, day: SealedDay): Buffer {
  return createHash('sha256').update(sealText(previous, day)).digest();
}
