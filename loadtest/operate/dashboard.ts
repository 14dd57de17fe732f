import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** A question of the dashboard or of an alert, and where it stands. */
export interface Question {
  readonly place: string;
  readonly expr: string;
}

export const operationsFolder = join(import.meta.dirname, '../../operations');

export function dashboardPanels(): readonly Panel[] {
  const text = readFileSync(join(operationsFolder, 'grafana/dashboards/one-card.json'), 'utf8');
  return (JSON.parse(text) as { panels: readonly Panel[] }).panels.filter(({ type }) => type !== 'row');
}

export function dashboardQuestions(): readonly Question[] {
  return dashboardPanels().flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ place: title, expr })),
  );
}

const ours = /\b(?:one_card|process|nodejs)_[a-z0-9_]+\b/g;
const seriesEnding = /_(?:bucket|sum|count)$/;

/** The metrics of ours that an expression asks for; a recorded rule has a colon and is none. */
export function metricsIn(expr: string): readonly string[] {
  return [...expr.replace(/\bone_card:[a-z0-9_:]+/g, '').matchAll(ours)].map(([name]) => name);
}

/** The name under which a registry knows what Prometheus reads: a histogram has three series. */
export function registered(names: ReadonlySet<string>, metric: string): boolean {
  return names.has(metric) || names.has(metric.replace(seriesEnding, ''));
}
