import type { Clearing } from '#clearing/open.ts';
import type { Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import type { Pool } from '#platform/postgres.ts';
import { cardRef, town, townRequest } from './town.ts';

export type { Clearing, Outcome };

/** Posts a request of the town with a trace number of its own, and gives what was decided. */
export type Till = (over?: Partial<Request>) => Promise<Outcome>;

/** A till before these instances, which take turns. */
export function tillBefore(...instances: readonly Clearing[]): Till {
  let traces = 0;
  return async (over = {}) => {
    const request = townRequest(++traces, over);
    const clearing = instances[traces % instances.length];
    const answer = await clearing?.submit({ request, isRepeat: false });
    if (answer?.status !== 'decided') throw new Error(`not decided: ${answer?.status}`);
    return answer;
  };
}

/** Rides with a card whose e-purse is set to so little that another purse pays the rest of the fare; set behind the books' back. */
export async function rideWithTwoPurses(
  { owner, till }: { readonly owner: Pool; readonly till: Till },
  card: number,
  ePurseFen: bigint,
): Promise<Outcome> {
  const ePurse = accountId(cardRef(card).cardAccountId, 'e-purse');
  await owner.query('update ledger.accounts set balance_fen = $1 where id = $2', [ePurseFen, ePurse]);
  const ridden = await till({
    card: cardRef(card),
    sector: 'transit',
    terminalId: town.operatorTerminal,
    amountFen: null,
    detail: { line: '5' },
  });
  const paying = ridden.legs.filter(({ balanceFen }) => balanceFen !== null);
  if (paying.length !== 2) throw new Error(`a ride that ${paying.length} purses paid: ${ridden.refusal}`);
  return ridden;
}
