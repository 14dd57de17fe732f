import { codeColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

/** A person whom somebody pays by the social-security number, and where the money goes. */
export interface PayeeCard {
  readonly cardAccountId: bigint;
  readonly cardId: bigint;
  readonly bucket: number;
  readonly cardTail: string;
  /** A lost card's account may be paid; one that was closed may not. */
  readonly usable: boolean;
  nameMatches(name: string): boolean;
}

// The card that a person has now; where the last was closed, that one or one that it replaced, so that the cause can
// be said: an account without any other card is closed.
const find: Statement = {
  name: 'cards-payees',
  text: `select k.digest, p.name_sealed, c.card_account_id, c.id, c.bucket, c.number_tail,
      c.status not in ('closed', 'replaced')
    from unnest($1::text[]) k(digest)
    cross join lateral (
      select id, name_sealed from cards.persons where id_number_digest = decode(k.digest, 'hex') offset 0) p
    cross join lateral (
      select c.* from cards.card_accounts a
      join cards.cards c on c.bucket = a.bucket and c.card_account_id = a.id
      where a.person_id = p.id
      order by c.status = 'closed', c.status = 'replaced', c.id desc limit 1) c`,
};

/** The people of these keyed digests (hex, as `personDigest` makes them), by digest; who is nobody is left out. */
export async function findPayees(
  session: Session,
  secrets: Pick<Secrets, 'openPersonal'>,
  digests: readonly string[],
): Promise<Map<string, PayeeCard>> {
  const { rows } = await session.run(find, [codeColumn(digests, (digest) => digest)]);
  return new Map(
    rows.map((row) => {
      const [digest, nameSealed, cardAccountId, cardId, bucket, cardTail, usable] = row;
      const nameMatches = (name: string) =>
        nameSealed !== null && secrets.openPersonal(nameSealed as Buffer) === name;
      const payee = { cardAccountId, cardId, bucket, cardTail, usable, nameMatches } as PayeeCard;
      return [digest as string, payee];
    }),
  );
}
