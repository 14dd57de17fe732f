import { beforeAll, describe, expect, test } from 'vitest';
import { caps, limits, loadRules, openingLoads, posting, terminalId } from '#demo/hainan.ts';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { requestMaker } from './requests.ts';
import { longScale } from './scale.ts';
import { tellStory } from './stories.ts';
import { isPayment, type Page, type Sent } from './told/page.ts';

const terminals: readonly DemoTerminal[] = posting.map(({ id, sector, name, nameEn }) => ({
  ...{ terminalId: terminalId(id, 1), participant: name, participantEn: nameEn, sector },
  ...{ key: '', merchantNumber: '', masterKey: '' },
}));

/** A twentieth of a long run. */
const part = 20;
const payments = 1_000_000 / part;
const hotCards = 12;
const firstBadCard = 996;

const participantOf = ({ signer }: Sent): number => Math.floor(signer.terminalId / 10);
const purseOf = ({ what }: Sent) => (what.body as { detail?: { purse?: string } }).detail?.purse;
const mayLoad = (sent: Sent) =>
  loadRules.some((rule) => rule.participantId === participantOf(sent) && rule.purse === purseOf(sent));

/** What the demonstration declines whatever its purses hold: nobody bets, and no line of the stories is the train's. */
function isMeantToFail(sent: Sent): boolean {
  if (sent.card >= firstBadCard || [100_007, 200_003].includes(participantOf(sent))) return true;
  return sent.kind === 'load' ? !mayLoad(sent) : (sent.amountFen ?? 0) > 30_000;
}

/** Money of a group of cards. */
interface Group {
  spentInShopsFen: number;
  ridesFen: number;
  heldFen: number;
  loadedFen: number;
}

const group = (): Group => ({ spentInShopsFen: 0, ridesFen: 0, heldFen: 0, loadedFen: 0 });
const counts = { sent: 0, declined: 0, payments: 0, wrongLoads: 0, loads: 0 };
const groups = { hot: group(), others: group() };

function note(sent: Sent, isApproved: boolean): void {
  counts.sent += 1;
  if (sent.kind === 'load') counts.loads += 1;
  if (sent.kind === 'load' && !mayLoad(sent)) counts.wrongLoads += 1;
  if (!isApproved) {
    counts.declined += 1;
    return;
  }
  if (isPayment(sent.kind)) counts.payments += 1;
  const of = sent.card < hotCards ? groups.hot : groups.others;
  const fen = sent.amountFen ?? 0;
  if (sent.kind === 'payment') of.spentInShopsFen += fen;
  // The other operator's rides end at its cap.
  if (sent.kind === 'tap' && participantOf(sent) === 200_002) of.ridesFen += 100;
  if (sent.kind === 'authorise') of.heldFen += fen;
  if (sent.kind === 'load' && ['online', 'e-purse'].includes(purseOf(sent) ?? '')) of.loadedFen += fen;
}

async function tellStories(): Promise<void> {
  const random = seededRandom(5);
  const make = requestMaker('2026-11-26');
  const reversed = new Set<number>();
  const pageOf = (sent: Sent): Page => ({
    ...{ sent, final: null, startedAtMs: 0, attempts: 1, acknowledgements: 1, waitedMs: 0 },
  });
  const answer = (page: Page): Page => {
    const { sent } = page;
    const isDeclined =
      sent.kind === 'reversal' ? false : isMeantToFail(sent) || reversed.has(sent.traceNumber);
    // What a reversal overtook is declined when it comes.
    if (sent.kind === 'reversal' && sent.original?.final === null) reversed.add(sent.traceNumber);
    note(sent, !isDeclined);
    const said = { businessDate: '2026-11-26', amount: sent.amountFen ?? 0, purses: [] };
    page.final = { transactionId: '1000000-1', refusal: isDeclined ? 'declined' : null, ...said };
    return page;
  };
  while (counts.payments < payments) {
    reversed.clear();
    await tellStory({
      ...{ random, make, terminals, scale: longScale },
      send: async (sent) => answer(pageOf(sent)),
      sendLater: (sent) => {
        const page = pageOf(sent);
        return { page, send: async () => answer(page) };
      },
      sendTogether: async (all) => void all.map((sent) => answer(pageOf(sent))),
    });
  }
}

describe('the stories of a long run', () => {
  beforeAll(tellStories, 60_000);

  test('are mostly payments and rides, and one to three of a hundred requests are meant to be declined', () => {
    expect(counts.payments / counts.sent).toBeGreaterThan(0.8);
    expect(counts.declined / counts.sent).toBeGreaterThan(0.01);
    expect(counts.declined / counts.sent).toBeLessThan(0.03);
  });

  test('offer the purses that a teller may load, but for a few', () => {
    expect(counts.loads).toBeGreaterThan(payments / 100);
    expect(counts.wrongLoads).toBeGreaterThan(0);
    expect(counts.wrongLoads / counts.loads).toBeLessThan(0.03);
  });

  test.for([
    ['hot', hotCards],
    ['others', longScale.cards - hotCards],
  ] as const)('leave money in the purses of the %s cards after a million payments', ([name, cards]) => {
    const { spentInShopsFen, ridesFen, heldFen, loadedFen } = groups[name];
    const openingFen = openingLoads
      .filter(({ purse }) => purse === 'online' || purse === 'e-purse')
      .reduce((sum, { amountFen }) => sum + Number(amountFen), 0);
    const cappedFen = Number(caps[0]?.perDayFen);
    const outFen = part * (spentInShopsFen + ridesFen + heldFen) + cards * cappedFen;
    // A tenth is left for what chance makes of one card.
    expect(outFen * 1.1).toBeLessThan(cards * openingFen + part * loadedFen);
    const seniorsDayFen = Math.min(...limits.map(({ perDayFen }) => Number(perDayFen)));
    expect((part * (spentInShopsFen + heldFen) * 1.1) / cards).toBeLessThan(seniorsDayFen);
  });
});
