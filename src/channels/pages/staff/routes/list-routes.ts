import { allLists } from '#channels/pages/staff/lists/all-lists.ts';
import type { CellContext, List, Source } from '#channels/pages/staff/lists/list.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import { actorOf, type SignedIn, type StaffContext } from '#channels/pages/staff/staff-visit.ts';
import { isWrong, listView } from '#channels/pages/staff/views/list-view.ts';
import { problemPage } from '#channels/pages/staff/views/problem-view.ts';
import { nameIn } from '#channels/pages/texts/texts.ts';
import { sessionOf } from '#platform/postgres.ts';
import { csvOf, exportRowsMax } from './csv-file.ts';

const pageRows = 50;

/** Every list: its page, and the same filter as a file. */
export function addListRoutes({ parts, door }: StaffSite): void {
  for (const list of allLists) {
    door.list(list.path, 'page', (c, visit) => showPage(parts, list, { c, visit }));
    door.list(list.path, 'export', (c, visit) => sendFile(parts, list, { c, visit }));
  }
}

interface Call {
  readonly c: StaffContext;
  readonly visit: SignedIn;
}

async function showPage(parts: StaffParts, list: List, { c, visit }: Call): Promise<Response> {
  const words = [...new URL(c.req.url).searchParams];
  const from: Source = { parts, session: parts.session };
  if (words.some(([, value]) => value === '')) {
    // A form sends its empty fields too; an address says only what is asked.
    const said = new URLSearchParams(words.filter(([, value]) => value !== ''));
    return c.redirect(said.size === 0 ? list.path : `${list.path}?${said}`, 303);
  }
  const usual = await usualWords(list, from, words);
  if (usual !== null) return c.redirect(pathWith(list.path, { ...usual, ...Object.fromEntries(words) }), 303);
  const query = list.query(words);
  const page = { list, isFirst: true, next: null, note: null, exportMax: exportRowsMax };
  if ('faults' in query) {
    const said = Object.fromEntries(words.filter(([word]) => word !== 'after'));
    const { faults } = query;
    return c.html(listView(visit, { ...page, said, faults, rows: null }), isWrong(faults) ? 422 : 200);
  }
  await look(parts, { list, visit, said: query.said });
  const piece = await list.piece(from, contextOf(parts, visit), { ...query, limit: pageRows });
  if (piece === null) return problemPage(c, 'notFound');
  const { rows, next, note } = piece;
  return c.html(
    listView(visit, {
      ...page,
      said: query.said,
      faults: [],
      rows,
      next,
      note,
      isFirst: query.after === null,
    }),
  );
}

/** What the list is usually filtered by, where the words do not say it: null if they do, or if nothing is usual. */
async function usualWords(list: List, from: Source, words: readonly (readonly [string, string])[]) {
  const usual = (await list.usually?.(from)) ?? {};
  const missing = Object.entries(usual).filter(([word]) => !words.some(([name]) => name === word));
  return missing.length === 0 ? null : Object.fromEntries(missing);
}

async function sendFile(parts: StaffParts, list: List, { c, visit }: Call): Promise<Response> {
  const words = [...new URL(c.req.url).searchParams];
  const query = list.query(words);
  // A file is of the whole filter: it has no place to go on from.
  if ('faults' in query || query.after !== null) return problemPage(c, 'notFound');
  await look(parts, { list, visit, said: query.said });
  await parts.recordLook({
    actor: actorOf(visit),
    act: 'list-exported',
    subject: `list ${list.path}`,
    reason: String(new URLSearchParams(query.said)),
  });
  const from = { parts, session: sessionOf(parts.reports) };
  const file = await csvOf(list, from, { context: contextOf(parts, visit), said: query.said });
  if (file === null) return problemPage(c, 'notFound');
  return new Response(file, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName(list.path, parts.nowMs())}"`,
    },
  });
}

function fileName(path: string, nowMs: number): string {
  const name = path.slice('/staff/'.length).replaceAll('/', '-');
  return `${name}-${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}.csv`;
}

interface LookedAt {
  readonly list: List;
  readonly visit: SignedIn;
  readonly said: Readonly<Record<string, string>>;
}

async function look(parts: StaffParts, { list, visit, said }: LookedAt): Promise<void> {
  const seen = list.look?.({ said, after: null, limit: 0, nowMs: parts.nowMs() });
  if (seen !== undefined) await parts.recordLook({ actor: actorOf(visit), reason: '', ...seen });
}

function contextOf({ clearing, nowMs }: StaffParts, visit: SignedIn): CellContext {
  const { participants } = clearing.reference.current();
  return {
    visit,
    nowMs: nowMs(),
    nameOf: (id) => {
      const found = id === null ? undefined : participants.get(id);
      return found === undefined ? '' : nameIn(visit.language, { zh: found.name, en: found.nameEn });
    },
  };
}
