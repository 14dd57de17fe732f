import { admitToken } from '#access/tokens.ts';
import { systemActor } from '#audit/rules/event.ts';
import { issueCards, type NewCard } from '#cards/issue.ts';
import { insertProducts } from '#cards/products.ts';
import { openDesk } from '#clearing/compensate.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { keepProgramme } from '#disbursements/programmes.ts';
import { businessKey } from '#idempotency/rules/keys.ts';
import { bucketOf, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import { insertInstitutions } from '#sectors/medical/store.ts';
import { insertLimits, insertMccRules } from '#sectors/shops/store.ts';
import { insertPurseRules } from '#sectors/store.ts';
import { insertAgents, insertRules } from '#sectors/top-up/store.ts';
import { insertConcessions, readRiders } from '#sectors/transit/riders/store.ts';
import {
  insertCaps,
  insertConcessionTerms,
  insertDistanceFares,
  insertPassProducts,
  insertStations,
  insertTariffs,
} from '#sectors/transit/store.ts';
import { insertMasterKeys } from '#terminals/keys/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import {
  agents,
  caps,
  cardCount,
  cardNumber,
  cardTerms,
  concessions,
  concessionsSince,
  concessionTerms,
  distanceFares,
  institutions,
  limits,
  loadRules,
  mccRules,
  openingLoads,
  participants,
  passProducts,
  payingCards,
  posting,
  products,
  programmes,
  purseRules,
  stations,
  tariffs,
  terminalId,
  terminalsPerParticipant,
} from './hainan.ts';
import { demoSealedMasterKey, demoSignIns } from './sign-ins.ts';

const openingDate = '2026-01-02';
const signInDays = 3_650;
/** The number of staff under which the demonstration's finance token acts. */
const demoFinanceId = 3n;

/** Enrols the demonstration's places, terminals, prices and programmes; what is there already stays. The owner's to do. */
export async function seedPlaces(owner: Session, secrets: Secrets): Promise<void> {
  await enrolParticipants(owner, participants);
  const signIns = demoSignIns(secrets);
  const places = Array.from({ length: terminalsPerParticipant }, (_, i) => i + 1);
  await insertTerminals(
    owner,
    posting.flatMap((participant) =>
      places.map((place) => {
        const id = terminalId(participant.id, place);
        const key = signIns.terminals.find((terminal) => terminal.terminalId === id)?.key ?? '';
        return {
          id,
          participantId: participant.id,
          sector: participant.sector,
          allowedKinds: terminalKinds,
          batchNumber: 1,
          active: true,
          keySealed: secrets.seal(Buffer.from(key, 'hex')),
        };
      }),
    ),
  );
  await seedMasterKeys(owner, secrets);
  await insertProducts(owner, products);
  await seedPrices(owner);
  await seedProgrammes(owner);
}

/** A terminal that was given another key by hand keeps it. */
async function seedMasterKeys(owner: Session, secrets: Secrets): Promise<void> {
  await insertMasterKeys(
    owner,
    demoSignIns(secrets).terminals.map(({ terminalId: id }) => demoSealedMasterKey(secrets, id)),
  );
}

/** Enrols the demonstration's people and prices. Needs the owner's session; what is there already stays. */
export async function seedReference(owner: Session, secrets: Secrets): Promise<void> {
  await seedPlaces(owner, secrets);
  await openDesk(owner, secrets.seal(secrets.demoSecret('desk')));
  await issueCards(
    owner,
    Array.from({ length: cardCount }, (_, card) => newCard(card, secrets)),
    secrets.cardNumberDigest,
  );
  await seedConcessions(owner);
  const signIns = demoSignIns(secrets);
  const expiresAt = new Date(Date.now() + signInDays * 86_400_000);
  await admitToken(owner, {
    role: 'finance',
    subjectId: demoFinanceId,
    token: signIns.financeToken,
    expiresAt,
  });
  for (const holder of signIns.holders) {
    await admitToken(owner, {
      role: 'holder',
      subjectId: BigInt(holder.cardAccountId),
      token: holder.token,
      expiresAt,
    });
  }
  for (const { participantId, apiKey } of signIns.participants) {
    const subjectId = BigInt(participantId);
    await admitToken(owner, { role: 'participant', subjectId, token: apiKey, expiresAt });
  }
}

async function seedPrices(owner: Session): Promise<void> {
  await insertLimits(owner, limits);
  await insertMccRules(owner, mccRules);
  await insertTariffs(owner, tariffs);
  await insertStations(owner, stations);
  await insertDistanceFares(owner, distanceFares);
  await insertCaps(owner, caps);
  await insertPassProducts(owner, passProducts);
  await insertConcessionTerms(owner, concessionTerms);
  await insertRules(owner, loadRules);
  await insertAgents(owner, agents);
  await insertInstitutions(owner, institutions);
  await insertPurseRules(owner, purseRules);
}

/** Who has a category already keeps what an operator has made of it since. */
async function seedConcessions(owner: Session): Promise<void> {
  const grants = concessions.map(({ card, category }) => {
    const cardAccountId = firstCardAccountId + BigInt(card);
    return {
      bucket: bucketOf(cardAccountId),
      cardAccountId,
      category,
      fromDay: concessionsSince,
      toDay: null,
      grantedBy: systemActor,
      reason: 'demonstration',
    };
  });
  const riders = await readRiders(
    owner,
    grants.map(({ bucket, cardAccountId }) => ({ bucket, ownerId: cardAccountId })),
  );
  await insertConcessions(
    owner,
    grants.filter(({ cardAccountId }) => (riders.get(cardAccountId)?.grants.length ?? 0) === 0),
  );
}

async function seedProgrammes(owner: Session): Promise<void> {
  for (const programme of programmes) {
    const kept = await keepProgramme(owner, programme);
    if (kept !== 'saved') throw new Error(`a programme of the demonstration was not kept: ${kept}`);
  }
}

function newCard(card: number, secrets: Secrets): NewCard {
  const id = firstCardAccountId + BigInt(card);
  const terms = cardTerms(card);
  return {
    ...terms,
    cardNumber: cardNumber(card),
    hotMark: secrets.hotMark(cardNumber(card)),
    cardId: id,
    cardAccountId: id,
    personId: id,
    purses: products.find((product) => product.code === terms.product)?.purses ?? [],
  };
}

const loadsAtOnce = 100;

/** Loads the opening balances through the one path. Their keys are fixed, so a second start finds them done. */
export async function seedBalances(clearing: Clearing): Promise<void> {
  const requests = openingLoads.flatMap((load, kind) =>
    Array.from({ length: payingCards }, (_, card) => card)
      .filter((card) => card % load.every === 0)
      .map((card) => openingLoad(card, kind)),
  );
  for (let first = 0; first < requests.length; first += loadsAtOnce) {
    const answers = await Promise.all(
      requests
        .slice(first, first + loadsAtOnce)
        .map((request) => clearing.submit({ request, isRepeat: false })),
    );
    // A database that has gone decides nothing; what it had decided is found done at the next start.
    if (answers.some(({ status }) => status !== 'decided'))
      throw new StartError('The database did not answer while the demonstration was set up: start again.');
    if (answers.some((answer) => answer.status === 'decided' && answer.refusal !== null))
      throw new Error('an opening balance of the demonstration was refused');
  }
}

function openingLoad(card: number, kind: number): Request {
  const load = openingLoads[kind] as (typeof openingLoads)[number];
  const id = firstCardAccountId + BigInt(card);
  const terminal = terminalId(load.participantId, terminalsPerParticipant);
  return {
    kind: 'load',
    sector: 'top-up',
    callerKey: null,
    businessKey: businessKey({
      terminalId: terminal,
      batchNumber: 1,
      traceNumber: kind * cardCount + card,
      localDate: openingDate,
    }),
    card: { cardId: id, cardAccountId: id, bucket: bucketOf(id) },
    terminalId: terminal,
    batchNumber: 1,
    amountFen: fen(load.amountFen),
    localTime: `${openingDate} 08:00:00`,
    original: null,
    detail: { purse: load.purse },
    final: false,
  };
}
