import type { HolderParts } from '#channels/pages/parts.ts';
import { readLine, readLines } from '#channels/pages/read-lines.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { historyView } from '#channels/pages/views/history-view.ts';
import { problemPage } from '#channels/pages/views/problem-view.ts';
import { receiptView } from '#channels/pages/views/receipt-view.ts';
import { cursorOf } from './answers.ts';

const pageSize = 20;
/** In elder mode there are fewer things on a page. */
const elderPageSize = 6;

/** The history and the receipt of each of its lines. */
export function addHistoryRoutes({ app, parts, door }: Site): void {
  app.get(
    `${pagesRoot}/history`,
    door.page(async (c, holder) => {
      const before = cursorOf(c.req.query('before'));
      if (before === undefined) return problemPage(c, 'notFound');
      const { cardAccountId } = holder;
      await parts.recordLook({ cardAccountId, act: 'history-looked-at' });
      const page = await readLines(parts, cardAccountId, {
        before: before === null ? null : BigInt(before),
        limit: holder.elder ? elderPageSize : pageSize,
      });
      return c.html(historyView(holder, { ...page, isFirst: before === null, names: await namesOf(parts) }));
    }),
  );
  app.get(
    `${pagesRoot}/history/:id`,
    door.page(async (c, holder) => {
      const id = cursorOf(c.req.param('id'));
      if (typeof id !== 'string') return problemPage(c, 'notFound');
      const { cardAccountId } = holder;
      await parts.recordLook({ cardAccountId, act: 'receipt-looked-at' });
      const [line, card, names] = await Promise.all([
        readLine(parts, cardAccountId, BigInt(id)),
        parts.cardOf(cardAccountId),
        namesOf(parts),
      ]);
      // Another holder's entry and one that nobody has look the same.
      if (line === null) return problemPage(c, 'notFound');
      const reference = `${cardAccountId}-${line.id}`;
      return c.html(receiptView(holder, { line, reference, cardTail: card?.tail ?? null, names }));
    }),
  );
}

/** What lines are named with. Programmes are read each time: they are few, and new ones come. */
async function namesOf({ participantName, programmeNames }: HolderParts) {
  const programmes = await programmeNames();
  return { participantName, programmeName: (programme: string) => programmes.get(programme) };
}
