import { systemActor } from '#audit/rules/event.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import { bindAccount, connectBanks, findBindings } from '#load-orders/bindings.ts';
import { type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

/** The bank of the demonstration, which a stand-in plays (fixtures/bank). */
export const demoBank = { participantId: 300_001, clientId: 46 } as const;
const boundCards = 20;
/** How the last of the bound accounts misbehave: they hold nothing, answer too late once, lose an answer once. */
const behaviours: Readonly<Record<number, string>> = { 17: '120', 18: '021', 19: '041' };

/** The key that we and the stand-in sign with. */
export const demoBankKey = (secrets: Secrets): Buffer => secrets.demoSecret(`bank ${demoBank.participantId}`);

/** Says where the stand-in answers at this start. */
export async function connectDemoBank(owner: Session, secrets: Secrets, address: string): Promise<void> {
  const keySealed = secrets.seal(demoBankKey(secrets));
  await connectBanks(owner, [{ ...demoBank, address, keySealed }]);
}

/** Binds a test account to each of the first cards; those that are bound stay as they are. */
export async function bindDemoAccounts(pool: Pool, secrets: Secrets): Promise<void> {
  const cards = Array.from({ length: boundCards }, (_, card) => card);
  const accountOf = (card: number) => firstCardAccountId + BigInt(card);
  const bound = await findBindings(sessionOf(pool), cards.map(accountOf));
  for (const card of cards) {
    const cardAccountId = accountOf(card);
    if (bound.has(cardAccountId)) continue;
    const accountNumber = `9100${behaviours[card] ?? '000'}${String(card).padStart(6, '0')}`;
    const { participantId } = demoBank;
    const binding = {
      cardAccountId,
      participantId,
      accountNumber,
      consentVersion: 'demo',
      actor: systemActor,
    };
    await bindAccount(pool, binding, secrets.sealPersonal);
  }
}
