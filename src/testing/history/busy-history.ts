import { deskTerminalId } from '#clearing/compensate.ts';
import { holdLifeMs } from '#clearing/request.ts';
import { fen } from '#money/fen.ts';
import { cardRef, loadTown, merchantTerminal, town } from '#testing/town.ts';
import { type InstanceOptions, openInstance, openPlayer, type Player } from './players.ts';

/**
 * Everything that the books can hold, at least once: loads, payments, declines, repeats, rides that two purses
 * pay, holds captured in part, in full and at last, voided, reversed and expired, refunds, reversals, tombstones,
 * payments voided and compensated, captures and voids taken back.
 */
export async function playBusyHistory(options: InstanceOptions): Promise<void> {
  const today = await openInstance(options);
  await loadTown(today, { cards: 12, amountFen: 100_000n });
  await loadTown(today, { cards: 12, amountFen: 350n, purse: 'e-purse' });
  const player = openPlayer(today, town.firstDay);
  await playPayments(player);
  await playRides(player);
  await playHolds(player);
  await playReturns(player);
  await playUndone(player);
  await today.close();
  const nextWeek = await openInstance({ ...options, clock: (nowMs) => nowMs + holdLifeMs + 1 });
  const later = openPlayer(nextWeek, '2026-11-30');
  // The hold that nobody captured on card 4 is let go of.
  await later.send({ card: cardRef(4), amountFen: fen(99_900) });
  await nextWeek.close();
}

async function playPayments({ send, repeat }: Player): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const terminalId = merchantTerminal(1 + (i % 3));
    await send({ card: cardRef(i % 10), terminalId, amountFen: fen(100 + i) });
    if (i % 5 === 0) await repeat();
  }
  await send({ amountFen: fen(9_000_000) });
  await send({ terminalId: 77_777_777 });
}

const ride = {
  sector: 'transit',
  terminalId: town.operatorTerminal,
  amountFen: null,
  detail: { line: 'B1' },
} as const;

/** The second full fare finds too little in the e-purse: both purses pay. */
async function playRides({ send, reverse }: Player): Promise<void> {
  for (const card of [1, 2, 3]) {
    for (let i = 0; i < 4; i++) await send({ ...ride, card: cardRef(card) });
  }
  await send({ ...ride, card: cardRef(5) });
  await reverse();
}

async function playHolds({ send, reverse }: Player): Promise<void> {
  const authorise = async (card: number) => {
    const { id } = await send({ kind: 'authorise', card: cardRef(card), amountFen: fen(1_000) });
    return { card: cardRef(card), original: { id, businessKey: null } };
  };
  const inParts = await authorise(0);
  await send({ kind: 'capture', ...inParts, amountFen: fen(300) });
  await send({ kind: 'capture', ...inParts, amountFen: fen(700) });
  await send({ kind: 'capture', ...inParts, amountFen: fen(1) });
  const atLast = await authorise(1);
  await send({ kind: 'capture', ...atLast, amountFen: fen(200), final: true });
  const stillOpen = await authorise(2);
  await send({ kind: 'capture', ...stillOpen, amountFen: fen(250) });
  const voided = await authorise(3);
  await send({ kind: 'capture', ...voided, amountFen: fen(50) });
  await send({ kind: 'void', ...voided, amountFen: null });
  await authorise(4);
  await authorise(5);
  await reverse();
}

async function playReturns({ send, reverse, sendAfterReversal }: Player): Promise<void> {
  const { id } = await send({ card: cardRef(7), amountFen: fen(5_000) });
  const refund = { kind: 'refund', card: cardRef(7), original: { id, businessKey: null } } as const;
  await send({ ...refund, amountFen: fen(2_000) });
  await send({ ...refund, amountFen: fen(3_000) });
  await send({ ...refund, amountFen: fen(1) });
  await send({ card: cardRef(8), amountFen: fen(700) });
  await reverse();
  await reverse();
  await send({ card: cardRef(9), amountFen: fen(9_000_000) });
  await reverse();
  const load = { kind: 'load', sector: 'top-up', terminalId: town.bankTerminal } as const;
  await send({ ...load, card: cardRef(9), amountFen: fen(800), detail: { purse: 'online' } });
  await reverse();
  await sendAfterReversal({ card: cardRef(11), amountFen: fen(600) });
  const voided = await send({ card: cardRef(10), amountFen: fen(450) });
  const ofVoided = { card: cardRef(10), original: { id: voided.id, businessKey: null } };
  await send({ kind: 'void', ...ofVoided, amountFen: null });
  await send({ kind: 'void', ...ofVoided, amountFen: null });
  const wrong = await send({ ...ride, card: cardRef(10) });
  const desk = { kind: 'compensation', sector: 'transit', terminalId: deskTerminalId } as const;
  const ofWrong = { card: cardRef(10), original: { id: wrong.id, businessKey: null } };
  await send({ ...desk, ...ofWrong, amountFen: fen(150), detail: { reason: 'overcharged' } });
}

/** A capture and two voids whose answers were lost; after it, what they were about goes on. */
async function playUndone({ send, reverse }: Player): Promise<void> {
  const card = cardRef(6);
  const hold = await send({ kind: 'authorise', card, amountFen: fen(1_000) });
  const ofHold = { card, original: { id: hold.id, businessKey: null } };
  await send({ kind: 'capture', ...ofHold, amountFen: fen(300), final: true });
  await reverse();
  await send({ kind: 'void', ...ofHold, amountFen: null });
  await reverse();
  await send({ kind: 'capture', ...ofHold, amountFen: fen(400), final: true });
  const paid = await send({ card, amountFen: fen(90) });
  const ofPaid = { card, original: { id: paid.id, businessKey: null } };
  await send({ kind: 'void', ...ofPaid, amountFen: null });
  await reverse();
  await send({ kind: 'refund', ...ofPaid, amountFen: fen(10) });
}
