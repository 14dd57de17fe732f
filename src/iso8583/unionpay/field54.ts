import { EncodeError } from '#iso8583/message.ts';
import { digitsOf } from './digits.ts';
import type { FieldFault } from './field-fault.ts';

/** An amount of field 54: the balance of an account, say. */
export interface AdditionalAmount {
  /** Two digits of ISO 8583: "10" is a savings account. */
  readonly accountType: string;
  /** Two digits of ISO 8583: "01" is what is on the account, "02" what of it may be spent. */
  readonly amountType: string;
  /** "156" is CNY, and the amount is in fen. */
  readonly currency: string;
  /** Below zero where the sign is D: the holder owes it. */
  readonly amountFen: bigint;
}

/** As many as ISO 8583 gives the field: 120 characters. */
const amountsMax = 6;

const amountChars = 20;

/** Reads amounts of 20 characters: account n2, type n2, currency n3, sign C or D, amount n12. */
export function readAdditionalAmounts(value: string): AdditionalAmount[] | FieldFault {
  const count = value.length / amountChars;
  if (!Number.isInteger(count) || count < 1 || count > amountsMax) return fault('wrong-length', null);
  const amounts: AdditionalAmount[] = [];
  for (let at = 0; at < value.length; at += amountChars) {
    const amount = amountOf(value.slice(at, at + amountChars));
    if (amount === null) return fault('wrong-content', `54.${amounts.length + 1}`);
    amounts.push(amount);
  }
  return amounts;
}

/** @throws EncodeError for no amount or more than fit, and for what has no place in one. */
export function writeAdditionalAmounts(amounts: readonly AdditionalAmount[]): string {
  if (amounts.length < 1 || amounts.length > amountsMax) throw new EncodeError('wrong-length', 54);
  return amounts.map(amountCharsOf).join('');
}

function amountOf(chars: string): AdditionalAmount | null {
  const read = /^(\d{2})(\d{2})(\d{3})([CD])(\d{12})$/.exec(chars);
  if (read === null) return null;
  const [, accountType = '', amountType = '', currency = '', sign, digits = ''] = read;
  const amount = BigInt(digits);
  return { accountType, amountType, currency, amountFen: sign === 'D' ? -amount : amount };
}

function amountCharsOf({ accountType, amountType, currency, amountFen }: AdditionalAmount): string {
  const kind = accountType + amountType + currency;
  if (!/^\d{7}$/.test(kind)) throw new EncodeError('wrong-content', 54);
  const isOwed = amountFen < 0n;
  return `${kind}${isOwed ? 'D' : 'C'}${digitsOf(isOwed ? -amountFen : amountFen, 12, 54)}`;
}

function fault(error: FieldFault['error'], subField: string | null): FieldFault {
  return { error, field: 54, subField };
}
