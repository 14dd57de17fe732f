import type pg from 'pg';

/** How much of everything, as in our town. */
export interface UsualSize {
  readonly cards: number;
  /** Cards from here on have no money. */
  readonly poorFrom: number;
  readonly merchants: number;
  readonly openingFen: bigint;
}

export const usualCard = (card: number) => `9${String(card).padStart(15, '0')}`;
export const usualTerminal = (merchant: number) => String(10_000_000 + merchant);

// What drizzle-kit makes of tables.ts.
const tables = `
create schema usual;
create table usual.accounts (id uuid primary key default gen_random_uuid(), type varchar(16) not null,
  balance numeric(18, 2) not null default 0, created_at timestamptz not null default now());
create table usual.cards (id uuid primary key default gen_random_uuid(), card_number varchar(19) not null unique,
  status varchar(16) not null, product varchar(32) not null, expires_on date not null,
  account_id uuid not null references usual.accounts (id));
create table usual.merchants (id uuid primary key default gen_random_uuid(), name varchar(64) not null,
  status varchar(16) not null, account_id uuid not null references usual.accounts (id));
create table usual.terminals (id uuid primary key default gen_random_uuid(),
  terminal_number varchar(16) not null unique, status varchar(16) not null,
  merchant_id uuid not null references usual.merchants (id));
create table usual.product_limits (product varchar(32) primary key, per_payment numeric(18, 2) not null,
  per_day numeric(18, 2) not null);
create table usual.daily_spending (card_id uuid not null references usual.cards (id), day date not null,
  spent numeric(18, 2) not null, primary key (card_id, day));
create table usual.transactions (id uuid primary key default gen_random_uuid(),
  card_id uuid not null references usual.cards (id), merchant_id uuid not null references usual.merchants (id),
  terminal_id uuid not null references usual.terminals (id), amount numeric(18, 2) not null,
  status varchar(16) not null, reason varchar(32), created_at timestamptz not null default now());
create index transactions_card on usual.transactions (card_id);
create index transactions_merchant on usual.transactions (merchant_id);
create table usual.entries (id uuid primary key default gen_random_uuid(),
  transaction_id uuid not null references usual.transactions (id),
  account_id uuid not null references usual.accounts (id), amount numeric(18, 2) not null,
  balance_after numeric(18, 2) not null, created_at timestamptz not null default now());
create index entries_transaction on usual.entries (transaction_id);
create index entries_account on usual.entries (account_id);
create table usual.idempotency_keys (key varchar(64) primary key,
  transaction_id uuid not null references usual.transactions (id), created_at timestamptz not null default now());`;

// Rows get their uuid first, so that a card and its account can be made in two plain inserts.
const fillCards = `
with made as (
  select gen_random_uuid() account_id, '9' || lpad(n::text, 15, '0') card_number,
    case when n < $2 then $3::numeric / 100 else 0 end balance
  from generate_series(0, $1 - 1) n
), opened as (
  insert into usual.accounts (id, type, balance) select account_id, 'card', balance from made
)
insert into usual.cards (card_number, status, product, expires_on, account_id)
select card_number, 'active', 'standard', '2036-12-31', account_id from made`;

const fillMerchants = `
with made as (
  select gen_random_uuid() id, gen_random_uuid() account_id, n from generate_series(1, $1) n
), opened as (
  insert into usual.accounts (id, type) select account_id, 'merchant' from made
), enrolled as (
  insert into usual.merchants (id, name, status, account_id) select id, 'Merchant ' || n, 'active', account_id from made
)
insert into usual.terminals (terminal_number, status, merchant_id)
select (10000000 + n)::text, 'active', id from made`;

/** Builds the same town the usual way, in the schema `usual`. */
export async function buildUsual(owner: pg.Pool, size: UsualSize): Promise<void> {
  await owner.query(tables);
  await owner.query(fillCards, [size.cards, size.poorFrom, size.openingFen.toString()]);
  await owner.query(fillMerchants, [size.merchants]);
  await owner.query(`insert into usual.product_limits values ('standard', 10000000, 10000000)`);
}

/** All the money in the usual books, in fen. */
export async function usualTotalFen(owner: pg.Pool): Promise<bigint> {
  const { rows } = await owner.query<{ fen: string }>(
    'select (sum(balance) * 100)::bigint::text fen from usual.accounts',
  );
  return BigInt(rows[0]?.fen ?? 0);
}
