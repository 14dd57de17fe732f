import { z } from 'zod';
import { idTimeMs } from '#platform/ids.ts';
import type { Session } from '#platform/postgres.ts';
import { defineSector, type Plan, type SectorRefusal, type SectorRequest } from '#sectors/contract.ts';
import { groupedBy } from '#sectors/rules/effective.ts';
import { readRiders, writeRiders } from './riders/store.ts';
import { lineKey, stationKey } from './rules/full-fare.ts';
import { passKey } from './rules/passes.ts';
import { concessionKey, type Prices, planPurchase, planRide, undoEntry } from './rules/ride.ts';
import type { Rider } from './rules/rider.ts';
import {
  readCaps,
  readConcessionTerms,
  readDistanceFares,
  readPassProducts,
  readStations,
  readTariffs,
} from './store.ts';

const code = z.string().regex(/^[A-Z0-9]{1,8}$/);

/** A ride says its line and, on lines by distance, where it began and ended; a purchase says which pass. */
const detail = z
  .strictObject({
    line: code.optional(),
    from: code.optional(),
    to: code.optional(),
    pass: code.optional(),
  })
  .refine(({ line, pass }) => (line === undefined) !== (pass === undefined), {
    path: ['line'],
    message: 'a ride names its line, a purchase its pass, and neither both',
  })
  .refine(({ line, from, to }) => line !== undefined || (from ?? to) === undefined, {
    path: ['line'],
    message: 'only a ride has stations',
  });

/** Rides on buses and trains, and the passes for them: prices say the fare; the purse rule says who pays it. */
export const transit = defineSector<Rider, Prices>({
  name: 'transit',
  code: 2,
  direction: 'pays',
  keeps: 'card-account',
  detail: detail as z.ZodType<Record<string, string>>,
  readTariffs: readPrices,
  read: readRiders,
  plan: (request, prices, rider) =>
    request.detail['pass'] === undefined ? ride(request, prices, rider) : purchase(request, prices, rider),
  undo: (undone, rider) => undoEntry({ ...undone, takenAtMs: idTimeMs(undone.entryId) }, rider),
  write: writeRiders,
});

type Planned = Plan<Rider> | SectorRefusal;

function ride(request: SectorRequest, prices: Prices, rider: Rider | undefined): Planned {
  const { rule, amountFen, participantId, nowMs, entryId } = request;
  if (rule === null) return 'no-tariff';
  if (amountFen !== null) return 'amount-not-expected';
  const { line = '*', from, to } = request.detail;
  const priced = planRide({ participantId, line, from, to, nowMs, entryId }, prices, rider);
  return typeof priced === 'string' ? priced : planned(rule, priced);
}

/** A pass is good at once, so it is paid for at once: a hold does not buy one. */
function purchase(request: SectorRequest, prices: Prices, rider: Rider | undefined): Planned {
  const { rule, amountFen, participantId, nowMs, entryId, isHold } = request;
  if (rule === null) return 'no-tariff';
  if (isHold) return 'kind-not-allowed';
  const pass = { participantId, code: request.detail['pass'] ?? '', amountFen, nowMs, entryId };
  const priced = planPurchase(pass, prices, rider);
  return typeof priced === 'string' ? priced : planned(rule, priced);
}

function planned(
  rule: NonNullable<SectorRequest['rule']>,
  { amountFen, rider, note }: Exclude<ReturnType<typeof planRide>, string>,
): Plan<Rider> {
  return { parts: [{ ...rule, amountFen }], others: [], state: rider, note };
}

async function readPrices(session: Session): Promise<Prices> {
  const [tariffs, distanceFares, stations, caps, products, terms] = await Promise.all([
    readTariffs(session),
    readDistanceFares(session),
    readStations(session),
    readCaps(session),
    readPassProducts(session),
    readConcessionTerms(session),
  ]);
  return {
    tariffs: groupedBy(tariffs, (tariff) => lineKey(tariff.participantId, tariff.line)),
    distanceFares: groupedBy(distanceFares, (fare) => lineKey(fare.participantId, fare.line)),
    stations: new Map(
      stations.map(({ participantId, line, station, distanceM }) => [
        stationKey(participantId, line, station),
        distanceM,
      ]),
    ),
    caps: Map.groupBy(caps, (cap) => cap.participantId),
    passes: groupedBy(products, (product) => passKey(product.participantId, product.code)),
    concessions: groupedBy(terms, (one) => concessionKey(one.participantId, one.category)),
  };
}
