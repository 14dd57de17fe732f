import { admitToken } from '#access/tokens.ts';
import { issueCards, type NewCard } from '#cards/issue.ts';
import type { Clearing } from '#clearing/open.ts';
import type { Request } from '#clearing/request.ts';
import { keepProgramme } from '#disbursements/programmes.ts';
import { businessKey } from '#idempotency/rules/keys.ts';
import { bucketOf, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { insertPurseRules } from '#sectors/store.ts';
import { insertRules } from '#sectors/top-up/store.ts';
import { insertTariffs } from '#sectors/transit/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import {
  cardCount,
  cardNumber,
  cardTerms,
  limits,
  loadRules,
  openingLoads,
  participants,
  payingCards,
  programmes,
  purseRules,
  tariffs,
  terminalId,
  terminalsPerParticipant,
} from './hainan.ts';
import { demoSignIns } from './sign-ins.ts';

const openingDate = '2026-01-02';
const signInDays = 3_650;
/** The number of staff under which the demonstration's finance token acts. */
const demoFinanceId = 3n;

/** Enrols the demonstration's people and prices. Needs the owner's session; what is there already stays. */
export async function seedReference(owner: Session, secrets: Secrets): Promise<void> {
  await enrolParticipants(owner, participants);
  const signIns = demoSignIns(secrets);
  const places = Array.from({ length: terminalsPerParticipant }, (_, i) => i + 1);
  await insertTerminals(
    owner,
    participants.flatMap((participant) =>
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
  await insertLimits(owner, limits);
  await insertTariffs(owner, tariffs);
  await insertRules(owner, loadRules);
  await insertPurseRules(owner, purseRules);
  await seedProgrammes(owner);
  await issueCards(
    owner,
    Array.from({ length: cardCount }, (_, card) => newCard(card)),
    secrets.cardNumberDigest,
  );
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
}

async function seedProgrammes(owner: Session): Promise<void> {
  for (const programme of programmes) {
    const kept = await keepProgramme(owner, programme);
    if (kept !== 'saved') throw new Error(`a programme of the demonstration was not kept: ${kept}`);
  }
}

function newCard(card: number): NewCard {
  const id = firstCardAccountId + BigInt(card);
  const purses = ['e-purse', 'online', 'medical', 'subsidy', 'farm-subsidy', 'elder-care'] as const;
  return {
    ...cardTerms(card),
    cardNumber: cardNumber(card),
    cardId: id,
    cardAccountId: id,
    personId: id,
    purses,
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
    const isApproved = answers.every((answer) => answer.status === 'decided' && answer.refusal === null);
    if (!isApproved) throw new Error('an opening balance of the demonstration was not loaded');
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
