/** What an account of an owner is for. A card account owns purses; a participant owns what we owe it. */
export const accountCodes = {
  'e-purse': 1,
  online: 2,
  medical: 3,
  subsidy: 4,
  'farm-subsidy': 5,
  'elder-care': 6,
  payable: 8,
  receivable: 9,
} as const;

export type AccountCode = keyof typeof accountCodes;
export const purses = ['e-purse', 'online', 'medical', 'subsidy', 'farm-subsidy', 'elder-care'] as const;
export type Purse = (typeof purses)[number];

/** Purses whose money has a purpose: a purse rule says where it may be spent, and nowhere else. */
export const purposePurses: readonly Purse[] = ['medical', 'subsidy', 'farm-subsidy', 'elder-care'];

const nameOfCode = new Map<number, AccountCode>(
  Object.entries(accountCodes).map(([name, code]) => [code, name as AccountCode]),
);

/** Owners below this are participants; card accounts begin here. 0 owns the control accounts. */
export const firstCardAccountId = 1_000_000n;
/** Account ids from here on are purses: they carry balances. */
export const firstPurseId = firstCardAccountId * 16n;

/** An account's id follows from its owner, so that the posting path knows it without a look-up. */
export function accountId(ownerId: bigint, code: AccountCode): bigint {
  return ownerId * 16n + BigInt(accountCodes[code]);
}

export function accountOwner(id: bigint): bigint {
  return id >> 4n;
}

export function accountCode(id: bigint): AccountCode {
  const name = nameOfCode.get(Number(id & 15n));
  if (name === undefined) throw new RangeError('an account code that is not in the chart');
  return name;
}

export function isPurse(id: bigint): boolean {
  return accountOwner(id) >= firstCardAccountId;
}

/** The account whose lock guards all that belongs to a card account: every request on the card takes it. */
export function anchorAccount(ownerId: bigint): bigint {
  return accountId(ownerId, 'online');
}

/** In the day totals all purses of a kind move as one control account, so that a day sums to zero. */
export function dayTotalAccount(id: bigint): bigint {
  return isPurse(id) ? id & 15n : id;
}

/** The bucket of a card account: it leads every key of its rows and never changes (Fibonacci hashing). */
export function bucketOf(cardAccountId: bigint): number {
  return Number(((cardAccountId * 11400714819323198485n) >> 40n) & 255n);
}
