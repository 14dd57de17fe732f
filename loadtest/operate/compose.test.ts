import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readListeners } from '#channels/pos/listeners/read-listeners.ts';
import { configWords, readConfig } from '#platform/config.ts';
import { createMetrics, measureProcess } from '#platform/metrics.ts';
import { nodeFlags } from '#testing/servers/node-flags.ts';
import { dashboardPanels, dashboardQuestions, metricsIn, operationsFolder, registered } from './dashboard.ts';

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly build?: { readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { ipv4_address?: string }>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: { cpus: string; memory: string } } };
}

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const text = read('compose.yaml');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly networks: Readonly<
    Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } }>
  >;
};
const services = Object.entries(compose.services);
const instances = services.filter(([name]) => name.startsWith('service-')).map(([, one]) => one);
const serviceOf = (name: string) => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};
const given: Readonly<Record<string, string>> = {
  ...{ MASTER_KEY: 'ab'.repeat(32), POSTGRES_PASSWORD: 'abc', GRAFANA_PASSWORD: 'abc' },
};
/** A value as compose fills it in: `${NAME:?why}` from what is given, `${NAME:-default}` with its default. */
const filled = (value: string) =>
  value.replace(/\$\{[^}]*\}/g, (word) => {
    const [, name = '', kind, rest = ''] = /^\$\{(\w+)(?::([?-])(.*))?\}$/.exec(word) ?? [];
    const found = given[name];
    if (found !== undefined) return found;
    if (kind === '-') return rest;
    throw new Error(`${name} is not given`);
  });
const settings = (service: Service) =>
  Object.fromEntries(Object.entries(service.environment ?? {}).map(([name, value]) => [name, filled(value)]));
const json = (file: string) => JSON.parse(read(file)) as unknown;

describe('the compose file', () => {
  test('runs two instances of one kind behind one address', () => {
    expect(instances).toHaveLength(2);
    expect(instances[0]).toEqual(instances[1]);
    expect(compose.services).toHaveProperty('proxy');
  });

  test('gives an instance only settings that there are, all that such an instance needs, and good ones', () => {
    const words = configWords.map(({ name }) => name);
    for (const instance of instances) {
      const env = settings(instance);
      expect(Object.keys(env).filter((name) => !words.includes(name))).toEqual([]);
      for (const needed of [
        'HOST',
        'PORT',
        'DATABASE_URL',
        'REDIS_URL',
        'MASTER_KEY',
        'PROXY_ADDRESS',
        'DEMO',
      ])
        expect(Object.keys(env)).toContain(needed);
      const config = readConfig(env);
      expect(config).toMatchObject({ host: '0.0.0.0', port: 8080, demo: false });
      expect(config.lanes * instances.length).toBeLessThanOrEqual(64);
    }
  });

  test('has no default for a secret, and none in any file beside it', () => {
    const secret = /(PASSWORD|MASTER_KEY|SECRET|TOKEN)/;
    const used = [...text.matchAll(/\$\{(\w+)(:[?-])?/g)].filter(([, name = '']) => secret.test(name));
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(Object.keys(given)));
    expect(used.filter(([, , kind]) => kind !== ':?')).toEqual([]);
    for (const [, { environment = {} }] of services)
      for (const [name, value] of Object.entries(environment))
        if (secret.test(name)) expect(value, name).toMatch(/^\$\{\w+:\?/);
    expect(text).not.toMatch(/env_file/);
  });

  test('ports agree: the proxy and Prometheus ask where an instance listens', () => {
    const [instance] = instances;
    const config = readConfig(settings(instance as Service));
    const proxy = serviceOf('proxy').environment ?? {};
    const listeners = readListeners(join(operationsFolder, 'listeners.json'));
    expect(listeners.map(({ host, port }) => [host, port])).toEqual([['0.0.0.0', 8583]]);
    for (const n of [1, 2]) {
      expect(proxy[`SERVICE_${n}`]).toBe(`service-${n}:${config.port}`);
      expect(proxy[`TERMINALS_${n}`]).toBe(`service-${n}:${listeners[0]?.port}`);
    }
    expect(instance?.healthcheck?.test.join(' ')).toContain(`:${config.port}/readyz`);
    expect(json('operations/prometheus/targets/one-card.json')).toEqual([
      { targets: [`service-1:${config.port}`, `service-2:${config.port}`] },
    ]);
    const published = serviceOf('proxy').ports?.map((port) => filled(port).split(':').slice(1));
    expect(published).toEqual([
      ['8080', proxy['SITE_ADDRESS']?.split(':')[1]],
      ['8583', proxy['TERMINALS_ADDRESS']?.split(':')[1]],
    ]);
    const targets = ['postgres', 'machine', 'proxy'].map((job) =>
      json(`operations/prometheus/targets/${job}.json`),
    );
    const hosts = targets.flatMap((one) => (one as { targets: string[] }[])[0]?.targets ?? []);
    expect(hosts).toEqual(['postgres-exporter:9187', 'node-exporter:9100', 'proxy:8404']);
    for (const host of hosts) expect(compose.services).toHaveProperty(host.split(':')[0] ?? '');
  });

  test('publishes neither database nor cache, and what people watch on this machine only', () => {
    const ports = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, filled(port)]));
    expect(ports.filter(([, port]) => !port?.startsWith('127.0.0.1:'))).toEqual([]);
    expect(new Set(ports.map(([name]) => name))).toEqual(new Set(['proxy', 'prometheus', 'grafana']));
    expect(compose.networks['back']?.internal).toBe(true);
    for (const name of ['postgres', 'redis']) expect(serviceOf(name).networks).toEqual(['back']);
  });

  test('the proxy has the address that the instances believe', () => {
    const { front } = serviceOf('proxy').networks as Record<string, { ipv4_address?: string }>;
    expect(instances[0]?.environment?.['PROXY_ADDRESS']).toBe(front?.ipv4_address);
    const subnet = compose.networks['front']?.ipam?.config[0]?.subnet ?? '';
    expect(front?.ipv4_address?.startsWith(subnet.replace(/\.0\/24$/, '.'))).toBe(true);
  });

  test('starts Node as npm start does', () => {
    const flags = nodeFlags.join(' ');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    expect(scripts.start).toBe(`node ${flags} src/main.ts`);
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(read('operations/Dockerfile')) ?? [];
    expect(JSON.parse(command)).toEqual(['node_modules/.bin/node', ...nodeFlags, 'src/main.ts']);
  });

  test('stops an instance only after the service has ended by itself', () => {
    const [, limitMs] = /const stopLimitMs = ([\d_]+)/.exec(read('src/main.ts')) ?? [];
    const graceSeconds = Number(/^(\d+)s$/.exec(instances[0]?.stop_grace_period ?? '')?.[1]);
    expect(Number(limitMs?.replaceAll('_', ''))).toBeGreaterThan(0);
    const { drainSeconds } = readConfig(settings(instances[0] as Service));
    expect(graceSeconds).toBeGreaterThan(drainSeconds + Number(limitMs?.replaceAll('_', '')) / 1_000 + 5);
  });

  test.each(services)('%s is looked after, bounded, pinned, and runs as nobody special', (_, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.restart).toBe('unless-stopped');
    expect(service.stop_grace_period).toMatch(/^\d+[sm]$/);
    expect(Number(service.deploy?.resources.limits.cpus)).toBeGreaterThan(0);
    expect(service.deploy?.resources.limits.memory).toMatch(/^\d+[mg]$/);
    expect(service.image).toMatch(/:[\w.-]+$/);
    expect(service.image).not.toMatch(/:latest$/);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    const isOurs = service.build !== undefined;
    if (isOurs) expect(read(service.build?.dockerfile ?? '')).toMatch(/^USER node$/m);
    else expect(service.user).toMatch(/^(haproxy|postgres|redis|nobody|472)$/);
  });

  test('names only services, volumes, networks and files that there are', () => {
    for (const [name, service] of services) {
      const needs = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {});
      for (const needed of needs) expect(compose.services, name).toHaveProperty(needed);
      const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks);
      for (const network of networks) expect(compose.networks, name).toHaveProperty(network);
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true);
        else if (source !== '/') expect(compose.volumes, name).toHaveProperty(source);
      }
    }
  });

  test('PostgreSQL has room for all connections of both instances twice, as when one is replaced', () => {
    const most = Number(/^max_connections = (\d+)$/m.exec(read('operations/postgres/postgresql.conf'))?.[1]);
    const source = read('src/start/start-service.ts');
    const pools = [...source.matchAll(/ConnectionsMax = (\d+);/g)].map(([, count]) => Number(count));
    expect(pools.length).toBeGreaterThanOrEqual(3);
    const { lanes } = readConfig(settings(instances[0] as Service));
    const each = pools.reduce((sum, count) => sum + count, lanes + 1);
    expect(each * instances.length * 2).toBeLessThan(most);
  });
});

describe('the dashboard', () => {
  const metrics = createMetrics();
  measureProcess(metrics);
  const registry = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  const names = new Set(registry);

  test('asks only for metrics that an instance has', () => {
    const asked = dashboardQuestions().flatMap(({ place, expr }) =>
      metricsIn(expr).map((one) => [place, one]),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(([, metric]) => !registered(names, metric ?? ''))).toEqual([]);
  });

  test('rules and alerts ask only for metrics that an instance has', () => {
    const files = ['operations/prometheus/rules.yml', 'operations/prometheus/alerts.yml'];
    const exprs = files.flatMap((file) =>
      [...read(file).matchAll(/^ +expr: (.*)$/gm)].map(([, expr = '']) => expr),
    );
    expect(exprs.length).toBeGreaterThan(20);
    expect(exprs.flatMap(metricsIn).filter((metric) => !registered(names, metric))).toEqual([]);
  });

  test('shows every metric of ours: what nobody looks at is not worth its place', () => {
    const shown = [...dashboardQuestions().map(({ expr }) => expr), read('operations/prometheus/rules.yml')];
    const used = new Set(shown.flatMap(metricsIn).map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect(registry.filter((name) => name.startsWith('one_card_') && !used.has(name))).toEqual([]);
  });

  test('says of every panel what it shows', () => {
    expect(
      dashboardPanels()
        .filter(({ description }) => !description)
        .map(({ title }) => title),
    ).toEqual([]);
  });
});
