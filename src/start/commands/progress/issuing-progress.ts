import type { Screen } from './progress-bar.ts';

const redrawMs = 1_000;
const lineEveryMs = 10_000;

export interface IssuingProgress {
  /** Lines of the file that are done, of all that it has below its header; the first call says where the run begins. */
  show(done: number, total: number): void;
  end(): void;
}

/** How far a file of cards is and how fast: one line drawn anew each second on a terminal, a line each ten elsewhere. */
export function issuingProgress(
  screen: Screen,
  nowMs: () => number = () => performance.now(),
): IssuingProgress {
  let begun: { readonly done: number; readonly atMs: number } | null = null;
  let shownAtMs = 0;
  const draw = (text: string) => screen.write(screen.redraws ? `\r\x1b[2K${text}` : `${text}\n`);
  return {
    show: (done, total) => {
      const now = nowMs();
      if (begun === null) {
        begun = { done, atMs: now };
        shownAtMs = now;
        // The header is the file's first line.
        if (done > 0) screen.write(`从第 ${done + 2} 行接着制卡 goes on from line ${done + 2}\n`);
        draw(`制卡 issuing ${count(done)} / ${count(total)}`);
        return;
      }
      if (now - shownAtMs < (screen.redraws ? redrawMs : lineEveryMs)) return;
      shownAtMs = now;
      const perSecond = Math.round((done - begun.done) / ((now - begun.atMs) / 1_000));
      draw(`制卡 issuing ${count(done)} / ${count(total)}, 每秒 per second ${count(perSecond)}`);
    },
    end: () => {
      if (screen.redraws && begun !== null) screen.write('\r\x1b[2K');
    },
  };
}

const count = (lines: number) => lines.toLocaleString('en');
