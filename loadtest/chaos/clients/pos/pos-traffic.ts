import { setTimeout as sleep } from 'node:timers/promises';
import { cardNumber } from '#demo/hainan.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import type { PosAddress } from '#testing/pos/pos-line.ts';
import { isOpen } from '#testing/pos/terminal-state.ts';
import { mortalTerminal } from './mortal-terminal.ts';
import type { PosNotebook } from './pos-notebook.ts';
import { type PosScale, tellPosStory } from './pos-stories.ts';
import { type CallerTools, settle } from './see-through.ts';

export interface PosTrafficOptions {
  readonly terminals: readonly { readonly terminalId: number; readonly masterKey: string }[];
  readonly addresses: readonly PosAddress[];
  readonly notebook: PosNotebook;
  readonly seed: number;
  readonly scale: PosScale;
  /** Between two transactions of a terminal; now and then ten times as long. */
  readonly pauseMaxMs: number;
  readonly called: (ms: number) => void;
}

export interface PosTraffic {
  /** Lets every terminal come to the end of its story and settle. */
  finish(): Promise<void>;
}

/** Most terminals are impatient, so that many messages are given up in the middle of a commit. */
const timeoutsMs = [400, 800, 1_500, 3_000, 6_000];

/** Starts the terminals: each is one counter with its own seed, and does one thing after the other. */
export function startPosTraffic(options: PosTrafficOptions): PosTraffic {
  let isOver = false;
  const all = Promise.all(
    options.terminals.map(async ({ terminalId, masterKey }, place) => {
      const random = seededRandom(options.seed * 1_000 + 500 + place);
      const at = mortalTerminal({
        ...{ terminalId, masterKey },
        address: () => random.pick(options.addresses),
        timeoutMs: () => random.pick(timeoutsMs),
        sendsTime: place % 2 === 1,
      });
      try {
        await runTerminal({ ...options, at, random }, { ...options, isOver: () => isOver });
      } finally {
        at.close();
      }
    }),
  );
  // Whoever finishes the traffic hears of a terminal that failed; until then it is not unhandled.
  all.catch(() => undefined);
  return {
    finish: async () => {
      isOver = true;
      await all;
    },
  };
}

async function runTerminal(
  tools: CallerTools & { readonly scale: PosScale },
  { pauseMaxMs, isOver }: { readonly pauseMaxMs: number; readonly isOver: () => boolean },
): Promise<void> {
  const { at, notebook } = tools;
  while (!isOver()) {
    await tellPosStory({ ...tools, cardNumber });
    await rest(tools, pauseMaxMs);
  }
  const open = at.now().state.entries.filter(isOpen);
  if (open.length > 0)
    notebook.contradict(`terminal ${at.terminalId} ends with ${open.length} open transactions`);
  await settle(tools);
}

async function rest({ at, random }: CallerTools, pauseMaxMs: number): Promise<void> {
  // Terminals dial in anew now and then, and may reach the other instance.
  if (random.chance(5)) at.hangUp();
  await sleep(random.int(pauseMaxMs * (random.chance(5) ? 10 : 1)));
}
