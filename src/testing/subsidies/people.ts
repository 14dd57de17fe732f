import { checkDigitOf, isIdNumber } from '#cards/rules/id-number.ts';
import type { DisbursementParts, FourEyes } from '#disbursements/ports.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { cardNumber, cardRef } from '#testing/town.ts';

const firstBirthdayMs = Date.UTC(1950, 0, 1);

/** The social-security number of the holder of card n: made up, with a sequence of tests and its check digit. */
export function testIdNumber(n: number): string {
  const birthday = new Date(firstBirthdayMs + Math.floor(n / 10) * 86_400_000);
  const first = `460106${birthday.toISOString().slice(0, 10).replaceAll('-', '')}00${n % 10}`;
  return first + checkDigitOf(first);
}

/** What the holder of card n is called in tests. */
export const testName = (n: number) => `甲${n}`;

const tables = [
  'create schema testing',
  `create table testing.people (digest text primary key, name text not null, card_account_id bigint not null,
    usable boolean not null default true)`,
  `create table testing.proposals (id bigint primary key generated always as identity, subject text not null,
    content text not null, made_by bigint not null, decided_by bigint, decision text)`,
  'grant usage on schema testing to one_card_app',
  'grant select, insert, update on testing.people, testing.proposals to one_card_app',
];

/** Gives the holders of the town's first cards a number and a name, in a table of the test's own. */
export async function settlePeople(
  owner: Session,
  secrets: Pick<Secrets, 'personDigest'>,
  count: number,
): Promise<void> {
  for (const [i, text] of tables.entries()) await owner.run({ name: `testing-table-${i}`, text });
  const digests = Array.from({ length: count }, (_, n) =>
    secrets.personDigest(testIdNumber(n)).toString('hex'),
  );
  await owner.run(
    {
      name: 'testing-people',
      text: `insert into testing.people (digest, name, card_account_id)
        select d.digest, '甲' || (d.n - 1), $2 + d.n - 1 from unnest($1::text[]) with ordinality d(digest, n)`,
    },
    [`{${digests.join(',')}}`, cardRef(0).cardAccountId],
  );
}

/** Finds the people of `settlePeople`, with the card that stands for each account. */
export const findTestPayees: DisbursementParts['findPayees'] = async (session, digests) => {
  const { rows } = await session.run(
    {
      name: 'testing-find-payees',
      text: `select p.digest, p.name, p.card_account_id, p.usable from unnest($1::text[]) k(digest)
        join testing.people p using (digest)`,
    },
    [`{${digests.join(',')}}`],
  );
  return new Map(
    rows.map((row) => {
      const [digest, name, cardAccountId, usable] = row as [string, string, bigint, boolean];
      const place = Number(cardAccountId - cardRef(0).cardAccountId);
      const nameMatches = (other: string) => other === name;
      return [digest, { ...cardRef(place), cardTail: cardNumber(place).slice(-4), usable, nameMatches }];
    }),
  );
};

/** A second person's desk with the rules of the real one: another person, once, the content unchanged. */
export const testFourEyes: FourEyes = {
  propose: async (session, { subject, content, maker }) => {
    if (maker.role !== 'operator') return 'not-yours';
    const { rows } = await session.run(
      {
        name: 'testing-propose',
        text: 'insert into testing.proposals (subject, content, made_by) values ($1, $2, $3) returning id',
      },
      [subject, content, maker.subjectId],
    );
    return rows[0]?.[0] as bigint;
  },
  decideProposal: async (session, { id, content, checker, decision }) => {
    const found = await session.run(
      {
        name: 'testing-proposal',
        text: 'select content, made_by, decision from testing.proposals where id = $1 for update',
      },
      [id],
    );
    const row = found.rows[0] as [string, bigint, string | null] | undefined;
    if (row === undefined) return 'proposal-unknown';
    if (row[1] === checker.subjectId) return 'own-proposal';
    if (checker.role !== 'finance') return 'not-yours';
    if (row[2] !== null) return 'proposal-decided';
    if (row[0] !== content) return 'content-changed';
    await session.run(
      {
        name: 'testing-decide',
        text: 'update testing.proposals set decision = $2, decided_by = $3 where id = $1',
      },
      [id, decision, checker.subjectId],
    );
    return decision;
  },
};

/** Whether a text is a social-security number, as tests ask it. */
export const checkTestIdNumber = (text: string) => isIdNumber(text, '2026-11-22');
