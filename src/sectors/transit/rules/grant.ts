import { addDays } from '#platform/calendar.ts';
import { type Grant, noCategory } from './concession.ts';

/** So far ahead a category may be given. */
const grantAheadDaysMax = 366;
/** So many grants of a card account may begin in the future, so that the one in force is always among those read. */
export const futureGrantsMax = 8;

export type GrantRefusal = 'category-unknown' | 'days-not-allowed' | 'too-many-concessions';

/**
 * Whether a card account may be given a category: one that some operator knows (or "none", which takes it away),
 * from today on at the earliest, since what was ridden stays priced as it was. Null is yes; 'repeat' when the
 * latest grant of that first day says the same already.
 */
export function judgeGrant(
  grant: Grant,
  today: string,
  known: { readonly grants: readonly Grant[]; readonly isKnown: boolean },
): GrantRefusal | 'repeat' | null {
  if (grant.category !== noCategory && !known.isKnown) return 'category-unknown';
  const isLate = grant.fromDay < today || grant.fromDay > addDays(today, grantAheadDaysMax);
  if (isLate || (grant.toDay !== null && grant.toDay < grant.fromDay)) return 'days-not-allowed';
  const latest = known.grants.find((one) => one.fromDay === grant.fromDay);
  if (latest?.category === grant.category && latest.toDay === grant.toDay) return 'repeat';
  const future = known.grants.filter((one) => one.fromDay > today);
  return grant.fromDay > today && future.length >= futureGrantsMax ? 'too-many-concessions' : null;
}
