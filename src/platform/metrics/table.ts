import type { Registry } from 'prom-client';

/** Every metric of a registry with its type, its labels and what it means, as a table in Markdown. */
export async function metricsTable(registry: Registry): Promise<string> {
  const metrics = [...(await registry.getMetricsAsJSON())].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = metrics.map(
    ({ name, type, help }) => `| \`${name}\` | ${type}${labelsOf(registry, name)} | ${help} |`,
  );
  return `${['| metric | type, labels | meaning |', '|---|---|---|', ...rows].join('\n')}\n`;
}

function labelsOf(registry: Registry, name: string): string {
  const { labelNames = [] } = registry.getSingleMetric(name) as { labelNames?: readonly string[] };
  return labelNames.map((label) => ` \`${label}\``).join('');
}
