import { type Fen, fen } from '#money/fen.ts';
import { type Rate, timesRateDown } from '#money/rate.ts';
import type { Effective } from '#sectors/rules/effective.ts';

/** An operator's fare for a line. */
export interface Tariff extends Effective {
  readonly participantId: number;
  /** "*" stands for every line without a fare of its own. */
  readonly line: string;
  readonly fareFen: bigint;
  readonly transferRate: Rate;
  readonly transferWindowMinutes: number;
}

/** A card account's last full-fare tap: the transfer window runs from it. */
export interface Tap {
  readonly tappedAtMs: number;
  readonly entryId: bigint;
}

export interface Fare {
  readonly amountFen: Fen;
  /** The tap that opens the next transfer window; null for a transfer, which opens none. */
  readonly tap: Tap | null;
}

/**
 * The fare of a tap: full, or the transfer's part of it within the window after a full-fare tap. A transfer
 * is used up by one ride: the next tap pays in full again.
 */
export function fareOf(
  tap: Tap,
  tariff: Pick<Tariff, 'fareFen' | 'transferRate' | 'transferWindowMinutes'>,
  last: Tap | undefined,
): Fare {
  const full = fen(tariff.fareFen);
  const windowMs = tariff.transferWindowMinutes * 60_000;
  // A window of no minutes is none: taps of one group have one time, and would be transfers of each other.
  const isTransfer =
    windowMs > 0 && last !== undefined && last.tappedAtMs > 0 && tap.tappedAtMs - last.tappedAtMs <= windowMs;
  return isTransfer
    ? { amountFen: timesRateDown(full, tariff.transferRate), tap: null }
    : { amountFen: full, tap };
}

/** No transfer window is open: what a transfer leaves behind, and a tap that was taken back. */
export const noWindow = { tappedAtMs: 0 } as const;
