import { type Fen, fen } from '#money/fen.ts';

/** Whole yuan as a person types them, in fen; null for anything else. "50", "50.00" and "¥50" are the same. */
export function parseWholeYuan(text: string): Fen | null {
  const match = /^¥?\s{0,3}(\d{1,6})(?:\.0{1,2})?$/.exec(text.trim());
  return match === null ? null : fen(BigInt(match[1] as string) * 100n);
}
