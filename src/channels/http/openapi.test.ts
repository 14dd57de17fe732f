import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '#platform/metrics.ts';
import { httpApp } from './app.ts';
import { openApiDocument } from './openapi.ts';
import type { HttpParts } from './parts.ts';
import { type ProblemCode, problemCatalogue } from './wire/problem-catalogue.ts';

const committed = join(import.meta.dirname, '../../../fixtures/openapi.json');

interface Document {
  readonly info: { readonly description: string };
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, object> }>>;
  readonly components: {
    readonly schemas: {
      readonly Problem: { readonly properties: { readonly code: { readonly enum: string[] } } };
    };
  };
}
const document = openApiDocument() as Document;
/** No route is called here that needs a part; its answers are measured all the same. */
const parts = { metrics: createMetrics() } as HttpParts;
const app = httpApp(parts);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    name: `${method.toUpperCase()} ${path}`,
    responses,
  })),
);

describe('the interface', () => {
  test('is the committed fixtures/openapi.json (if not: npm run openapi)', () => {
    expect(`${JSON.stringify(document, null, 2)}\n`).toBe(readFileSync(committed, 'utf8'));
  });

  test('is served as it is committed', async () => {
    expect(await (await app.request('/openapi.json')).json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test('has every route of the app, and the app has every route of it', () => {
    const routes = app.routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(new Set(operations.map((operation) => operation.name))).toEqual(new Set(routes));
  });

  test('is not changed by an app beside it: only its path is added, and "/" that leads to the first', async () => {
    const pages = { fetch: () => new Response('pages') };
    const mounts = [
      { path: '/pages', app: pages },
      { path: '/more', app: pages },
    ];
    const both = httpApp(parts, mounts);
    const written = (one: typeof app) => one.routes.map(({ method, path }) => `${method} ${path}`);
    const added = ['ALL /pages', 'ALL /pages/*', 'ALL /more', 'ALL /more/*', 'GET /'];
    expect(written(both)).toEqual([...written(app), ...added]);
    expect(await (await both.request('/pages/of/holders', { method: 'POST' })).text()).toBe('pages');
    expect((await both.request('/')).headers.get('location')).toBe('/pages');
    expect((await both.request('/pagesX')).status).toBe(404);
    expect((await app.request('/')).status).toBe(404);
  });

  test('names every problem of the catalogue, and no other', async () => {
    const codes = Object.keys(problemCatalogue);
    expect(new Set(document.components.schemas.Problem.properties.code.enum)).toEqual(new Set(codes));
    expect(await (await app.request('/problems')).json()).toEqual(problemCatalogue);
  });

  test('declares every status of the catalogue, and no status that no problem has', () => {
    const declared = new Set(operations.flatMap(({ responses }) => Object.keys(responses).map(Number)));
    const ofProblems = new Set<number>(Object.values(problemCatalogue).map((problem) => problem.status));
    // These two belong to no operation: the method or the headers were not those of one.
    for (const anywhere of [405, 431]) {
      expect(document.info.description).toContain(String(anywhere));
      declared.add(anywhere);
    }
    declared.delete(200);
    expect(declared).toEqual(ofProblems);
  });
});

describe('the catalogue', () => {
  test.each(Object.keys(problemCatalogue) as ProblemCode[])('%s is said in both languages', (code) => {
    const { title, titleZh } = problemCatalogue[code];
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z][\x20-\x7e]+$/);
    expect(titleZh).toMatch(/\p{Script=Han}{2,}/u);
  });

  test('has no two problems of one name', () => {
    const titles = Object.values(problemCatalogue).map((problem) => problem.titleZh);
    expect(titles).toHaveLength(new Set(titles).size);
  });
});
