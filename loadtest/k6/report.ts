import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bar, barLines, type FoundBar } from '#loadtest/bench/figures/bar-table.ts';
import type { LoadOptions } from './options.ts';
import type { RunFigures } from './run-k6.ts';
import type { LoadFigures } from './stages.ts';

const p99ToP50Max = 5;
const stormShareMin = 0.6;
const hotRatioMin = 0.85;

/** What must be so of every run: money and answers, which the exit code says, and no request lost. */
export function isRight(figures: LoadFigures): boolean {
  return (
    figures.stages.every(({ figures: { errors } }) => errors === 0) &&
    figures.moneyFaults.length === 0 &&
    (figures.shownDrift ?? 0) === 0
  );
}

function barsOf({ journey }: LoadOptions, figures: LoadFigures): FoundBar[] {
  const { open, beside, hotRatio, stages, moneyFaults, shownDrift } = figures;
  const errors = stages.reduce((sum, stage) => sum + stage.figures.errors, 0);
  const shown = shownDrift === null ? 'the service shows none yet' : `the service shows ${shownDrift}`;
  const bars = [
    bar('errors and wrong answers', errors, { atMost: 0, unit: '' }),
    {
      says: 'money drift',
      wanted: '0 fen',
      found: moneyFaults.length === 0 ? `0 fen; ${shown}` : moneyFaults.join('; '),
      met: moneyFaults.length === 0 && (shownDrift ?? 0) === 0,
    },
    bar('visits of the open run for which no user was free', open.dropped, { atMost: 0, unit: '' }),
    ratioBar('p99 against p50 of payments', { open }),
  ];
  if (journey.beside === 'storm' && beside !== null) {
    const share = beside.paymentsPerSecond / open.paymentsPerSecond;
    const says = 'distinct payments in the storm against before';
    bars.push(bar(says, share, { atLeast: stormShareMin, unit: '×', digits: 2 }));
  }
  if (hotRatio !== null) {
    const says = 'one participant against spread, closed loop';
    bars.push(bar(says, hotRatio, { atLeast: hotRatioMin, unit: '×', digits: 2 }));
  }
  return bars;
}

function ratioBar(says: string, { open }: { open: RunFigures }): FoundBar {
  const ratio = open.post === null ? 0 : open.post.p99Ms / open.post.p50Ms;
  return bar(says, ratio, { atMost: p99ToP50Max, unit: '×', digits: 1 });
}

/** The test as a page of Markdown, which is readable as it is. */
export function reportLines(options: LoadOptions, figures: LoadFigures): string[] {
  const { journey, share, perSecond: asked } = options;
  const { capacity, perSecond, subsidySeconds } = figures;
  const how = asked === null ? `${share} × of it` : 'as asked for';
  return [
    `# ${journey.name}: ${journey.what}`,
    '',
    `${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, Node ${process.version}; k6, service and PostgreSQL share them.`,
    `Capacity ${capacity.toFixed(0)} visits/s (closed loop, k6 beside it); open at ${perSecond.toFixed(0)} visits/s, ${how}.`,
    ...(subsidySeconds === null ? [] : [`The subsidies were paid in ${subsidySeconds.toFixed(1)} s.`]),
    '',
    '| run | s | visits/s | payments/s | p50 / p99 / max ms | looks p50 / p99 ms | errors | dropped | CPU µs a payment: PostgreSQL + service + Redis + k6 |',
    '|---|---|---|---|---|---|---|---|---|',
    ...figures.stages.map(({ name, figures: run }) => stageLine(name, run)),
    '',
    ...barLines(barsOf(options, figures)),
  ];
}

function stageLine(name: string, run: RunFigures): string {
  const { post, look, cpuUs } = run;
  const ms = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
  const posts = post === null ? '–' : `${ms(post.p50Ms)} / ${ms(post.p99Ms)} / ${ms(post.maxMs)}`;
  const looks = look === null ? '–' : `${ms(look.p50Ms)} / ${ms(look.p99Ms)}`;
  const cpu = [cpuUs.postgres, cpuUs.service, cpuUs.redis, cpuUs.k6].map((us) => us.toFixed(0)).join(' + ');
  const rates = `${run.visitsPerSecond.toFixed(0)} | ${run.paymentsPerSecond.toFixed(0)}`;
  return `| ${name} | ${run.seconds.toFixed(0)} | ${rates} | ${posts} | ${looks} | ${run.errors} | ${run.dropped} | ${cpu} |`;
}

const folder = join(import.meta.dirname, '../reports');

/** Keeps the page, and adds the figures as a line of JSON to the journey's file. */
export function keepReport(options: LoadOptions, figures: LoadFigures): string {
  mkdirSync(folder, { recursive: true });
  const base = join(folder, `load-${options.journey.name}`);
  writeFileSync(`${base}.md`, `${reportLines(options, figures).join('\n')}\n`);
  const { journey, ...asked } = options;
  const line = { at: new Date().toISOString(), journey: journey.name, ...asked, ...figures };
  const text = JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  appendFileSync(`${base}.jsonl`, `${text}\n`);
  return `${base}.md`;
}
