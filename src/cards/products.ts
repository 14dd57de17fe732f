import { type Purse, purses } from '#ledger/rules/accounts.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** A kind of card: reference data. */
export interface Product {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly temporaryLossDays: number;
  readonly validityYears: number;
  /** The purses that are opened with a card of it. */
  readonly purses: readonly Purse[];
}

const read: Statement = {
  name: 'cards-products',
  text: `select code, name, name_en, temporary_loss_days, validity_years, purses from cards.products`,
};

/** Every product, by its code. They are few, and read when a card is issued or lost, never for a payment. */
export async function readProducts(session: Session): Promise<Map<string, Product>> {
  const { rows } = await session.run(read);
  const products = rows.map(([code, name, nameEn, temporaryLossDays, validityYears, codes]): Product => {
    const isPurse = (purse: string): purse is Purse => (purses as readonly string[]).includes(purse);
    const opened = codes as string[];
    if (!opened.every(isPurse)) throw new RangeError('a product opens a purse that is not in the chart');
    return { code, name, nameEn, temporaryLossDays, validityYears, purses: opened } as Product;
  });
  return new Map(products.map((product) => [product.code, product]));
}

const insert: Statement = {
  name: 'cards-insert-products',
  text: `insert into cards.products (code, name, name_en, temporary_loss_days, validity_years, purses)
    select n.code, n.name, n.name_en, n.days, n.years, string_to_array(n.purses, ' ')
    from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[])
      n(code, name, name_en, days, years, purses)
    on conflict do nothing`,
};

/** Adds products; those that are there are left alone. The owner's to do. */
export async function insertProducts(session: Session, products: readonly Product[]): Promise<void> {
  await session.run(insert, [
    codeColumn(products, (product) => product.code),
    textColumn(products, (product) => product.name),
    textColumn(products, (product) => product.nameEn),
    numberColumn(products, (product) => product.temporaryLossDays),
    numberColumn(products, (product) => product.validityYears),
    textColumn(products, (product) => product.purses.join(' ')),
  ]);
}
