/** Where progress is shown: a terminal that a line can be drawn on again, or a file of lines. */
export interface Screen {
  readonly write: (text: string) => void;
  readonly redraws: boolean;
}

export interface ProgressBar {
  /** `done` of `total` of a stage; a total of 0 is one that is not known. */
  show(stage: string, done: number, total: number): void;
  end(): void;
}

const cells = 30;
const redrawMs = 100;

/** A bar per stage: drawn again and again on a terminal, a line at each stage's begin elsewhere. */
export function progressBar(screen: Screen): ProgressBar {
  let stageBefore = '';
  let drawnAtMs = 0;
  return {
    show: (stage, done, total) => {
      const isNew = stage !== stageBefore;
      stageBefore = stage;
      if (!screen.redraws) {
        if (isNew) screen.write(`${stage}\n`);
        return;
      }
      if (!isNew && performance.now() - drawnAtMs < redrawMs) return;
      drawnAtMs = performance.now();
      screen.write(`\r\x1b[2K${barLine(stage, done, total)}`);
    },
    end: () => {
      if (screen.redraws) screen.write('\r\x1b[2K');
    },
  };
}

function barLine(stage: string, done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const full = Math.round(share * cells);
  const bar = '█'.repeat(full) + '░'.repeat(cells - full);
  return `${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${stage}`;
}
