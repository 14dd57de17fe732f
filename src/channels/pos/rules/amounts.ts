import type { Fields } from '#iso8583/message.ts';
import { writeAdditionalAmounts } from '#iso8583/unionpay/field54.ts';
import { amountFenMax, type Fen, fen } from '#money/fen.ts';

const yuanRenminbi = '156';

/** The amount of field 4 in fen; null for none, which an amount of nought is too. */
export function readAmount(fields: Fields): Fen | null | 'amount-wrong' | 'currency-wrong' {
  const digits = fields[4];
  if (digits === undefined) return null;
  if (!/^\d{1,12}$/.test(digits)) return 'amount-wrong';
  const amountFen = BigInt(digits);
  if (amountFen === 0n) return null;
  if (fields[49] !== yuanRenminbi) return 'currency-wrong';
  return amountFen > amountFenMax ? 'amount-wrong' : fen(amountFen);
}

/** An amount as field 4 carries it. */
export function amountField(amountFen: bigint): string {
  return String(amountFen).padStart(12, '0');
}

/** Field 54: what of the purses may be spent here, "1002156C000000098765". */
export function availableField(amountFen: bigint): string {
  return writeAdditionalAmounts([{ accountType: '10', amountType: '02', currency: yuanRenminbi, amountFen }]);
}
