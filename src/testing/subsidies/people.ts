import { checkDigitOf } from '#cards/rules/id-number.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { cardRef } from '#testing/town.ts';

const firstBirthdayMs = Date.UTC(1950, 0, 1);

/** The social-security number of the holder of card n: made up, with a sequence of tests and its check digit. */
export function testIdNumber(n: number): string {
  const birthday = new Date(firstBirthdayMs + Math.floor(n / 10) * 86_400_000);
  const first = `460106${birthday.toISOString().slice(0, 10).replaceAll('-', '')}00${n % 10}`;
  return first + checkDigitOf(first);
}

/** What the holder of card n is called in tests. */
export const testName = (n: number) => `甲${n}`;

/** Gives the holders of the town's first cards a number and a name, as issuing from a file would have. Owner's session. */
export async function settlePeople(
  owner: Session,
  secrets: Pick<Secrets, 'personDigest' | 'sealPersonal'>,
  count: number,
): Promise<void> {
  const people = Array.from({ length: count }, (_, n) => n);
  await owner.run(
    {
      name: 'testing-people',
      text: `update cards.persons p set id_number_digest = decode(n.digest, 'hex'), name_sealed = decode(n.name, 'hex')
        from unnest($1::bigint[], $2::text[], $3::text[]) n(card_account_id, digest, name)
        join cards.card_accounts a on a.id = n.card_account_id
        where p.id = a.person_id`,
    },
    [
      numberColumn(people, (n) => cardRef(n).cardAccountId),
      codeColumn(people, (n) => secrets.personDigest(testIdNumber(n)).toString('hex')),
      codeColumn(people, (n) => secrets.sealPersonal(testName(n)).toString('hex')),
    ],
  );
}
