/** Where progress is shown: a terminal that a line can be drawn on again, or a file of lines. */
export interface Screen {
  readonly write: (text: string) => void;
  readonly redraws: boolean;
}

export interface ProgressBar {
  /** `done` of `total` of a stage; a total of 0 is one that is not known. */
  show(stage: string, done: number, total: number): void;
  /** Wipes the bar; nothing is drawn any more. */
  end(): void;
}

export interface ProgressOptions {
  /** How many stages there are, where that is known. */
  readonly stages?: number;
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
}

const cells = 24;
const redrawMs = 100;
/** A stage that is one long question says nothing meanwhile: it is shown all the same, as it goes on. */
const beatMs = { redraws: 1_000, lines: 5_000 } as const;
/** Before this share of a stage its speed says little. */
const shareMin = 0.02;

interface Shown {
  readonly stage: string;
  readonly place: number;
  readonly sinceMs: number;
  done: number;
  total: number;
}

/**
 * How far a long command is: its stage, what is done of it, and how long the stage will take still. On a terminal one
 * line that is drawn again and again; elsewhere a line at each stage's begin and one every few seconds.
 */
export function progressBar(screen: Screen, options: ProgressOptions = {}): ProgressBar {
  const { stages = 0, nowMs = () => performance.now() } = options;
  let shown: Shown | null = null;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = () => {
    if (shown === null) return;
    drawnMs = nowMs();
    const line = progressLine(shown, { stages, nowMs: drawnMs, bar: screen.redraws });
    screen.write(screen.redraws ? `\r\x1b[2K${line}` : `${line}\n`);
  };
  const timer = setInterval(draw, screen.redraws ? beatMs.redraws : beatMs.lines);
  timer.unref();
  return {
    show: (stage, done, total) => {
      const isNew = stage !== shown?.stage;
      if (isNew) shown = { stage, place: (shown?.place ?? 0) + 1, sinceMs: nowMs(), done, total };
      else Object.assign(shown as Shown, { done, total });
      const isDue = screen.redraws ? nowMs() - drawnMs >= redrawMs : nowMs() - drawnMs >= beatMs.lines;
      if (isNew || isDue) draw();
    },
    end: () => {
      clearInterval(timer);
      if (screen.redraws && shown !== null) screen.write('\r\x1b[2K');
      shown = null;
    },
  };
}

interface LineOptions {
  readonly stages: number;
  readonly nowMs: number;
  readonly bar: boolean;
}

function progressLine({ stage, place, sinceMs, done, total }: Shown, options: LineOptions): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const elapsedMs = options.nowMs - sinceMs;
  const left = share >= shareMin && share < 1 ? ` 还剩 left ${clock((elapsedMs * (1 - share)) / share)}` : '';
  const counts = total > 0 ? `${count(done)} / ${count(total)}` : '';
  const ofStages = options.stages === 0 ? '' : `[${place}/${Math.max(place, options.stages)}] `;
  const head = `${ofStages}${stage} ${counts}`.trimEnd();
  const text = `${head} ${clock(elapsedMs)}${left}`;
  if (!options.bar) return text;
  const full = Math.round(share * cells);
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`;
}

const count = (rows: number) => rows.toLocaleString('en');

/** 754,000 ms are 12:34. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
