declare const fenBrand: unique symbol;

/** An amount in whole fen (分). Never a float, never yuan. */
export type Fen = bigint & { readonly [fenBrand]: true };

/** The largest amount one request may carry: 1 billion yuan, well inside what JSON carries exactly. */
export const amountFenMax = 100_000_000_000n;

export const zeroFen = 0n as Fen;

/** Says that a bigint is an amount in fen. */
export function fen(value: bigint | number): Fen {
  return BigInt(value) as Fen;
}

export function sumFen(amounts: Iterable<Fen>): Fen {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum as Fen;
}

export function minFen(a: Fen, b: Fen): Fen {
  return a < b ? a : b;
}

/** An amount without its sign. */
export function absFen<Amount extends bigint>(amount: Amount): Amount {
  return (amount < 0n ? -amount : amount) as Amount;
}

/** Integer fen for JSON. An amount outside the safe-integer range is a fault: no sum of ours may reach it. */
export function fenToJson(amount: bigint): number {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount left the safe-integer range');
  return value;
}

/** "¥1,234.50": for people only. */
export function formatYuan(amount: bigint): string {
  const [yuan = '', rest = ''] = plainYuan(absFen(amount)).split('.');
  return `${amount < 0n ? '-' : ''}¥${yuan.replace(/\B(?=(\d{3})+$)/g, ',')}.${rest}`;
}

/** "-1234.50": yuan as a program reads them too, without the currency's sign and without commas. */
export function plainYuan(amount: bigint): string {
  const digits = String(absFen(amount)).padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
