import { openAccounts } from '#ledger/open-accounts.ts';
import { fen } from '#money/fen.ts';
import { insertRules } from '#sectors/top-up/store.ts';
import { cardRef, town, townRequest } from '#testing/town.ts';
import type { HttpTown } from './http-town.ts';

/** Opens a personal account for each of these cards and loads it through the one path. */
export async function openPersonalAccounts(
  { owner, parts }: Pick<HttpTown, 'owner'> & { readonly parts: Pick<HttpTown['parts'], 'clearing'> },
  cards: readonly number[],
  amountFen: bigint,
): Promise<void> {
  const accounts = cards.map((card) => ({ ownerId: cardRef(card).cardAccountId, code: 'medical' as const }));
  await openAccounts(owner, accounts);
  // The town's bank plays the insurer here, as it loads what the insurer pays in.
  await insertRules(owner, [
    {
      participantId: town.bankId,
      purse: 'medical',
      effectiveFrom: '2020-01-01',
      perLoadFen: 10_000_000_000n,
      balanceMaxFen: 90_000_000_000n,
    },
  ]);
  for (const card of cards) {
    const request = townRequest(card, {
      kind: 'load',
      sector: 'top-up',
      terminalId: town.bankTerminal,
      card: cardRef(card),
      amountFen: fen(amountFen),
      detail: { purse: 'medical' },
      localDate: '2026-11-19',
    });
    const answer = await parts.clearing.submit({ request, isRepeat: false });
    if (answer.status !== 'decided' || answer.refusal !== null)
      throw new Error('a personal account was not loaded');
  }
}

let messages = 0;

/** A message id of the national platform that no other message has. */
export const newMessageId = () => `H46010000001202611220830${String(++messages).padStart(6, '0')}`;
