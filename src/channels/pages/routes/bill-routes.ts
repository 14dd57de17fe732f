import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { billsView, subsidiesView } from '#channels/pages/views/list-views.ts';
import { problemPage } from '#channels/pages/views/problem-view.ts';
import { cursorOf } from './answers.ts';

const pageSize = 12;
/** In elder mode there are fewer things on a page. */
const elderPageSize = 4;

/** What others pay to the card, and what the household owes: two lists that go on by cursor. */
export function addBillRoutes({ app, parts, door }: Site): void {
  app.get(
    `${pagesRoot}/subsidies`,
    door.page(async (c, holder) => {
      const before = cursorOf(c.req.query('before'));
      if (before === undefined) return problemPage(c, 'notFound');
      const { cardAccountId, elder } = holder;
      await parts.recordLook({ cardAccountId, act: 'subsidies-looked-at' });
      const limit = elder ? elderPageSize : pageSize;
      const page = await parts.subsidiesOf(cardAccountId, { before, limit });
      return c.html(subsidiesView(holder, { ...page, isFirst: before === null }));
    }),
  );
  app.get(
    `${pagesRoot}/bills`,
    door.page(async (c, holder) => {
      const before = cursorOf(c.req.query('before'));
      if (before === undefined) return problemPage(c, 'notFound');
      const { cardAccountId, elder } = holder;
      await parts.recordLook({ cardAccountId, act: 'bills-looked-at' });
      const limit = elder ? elderPageSize : pageSize;
      const page = await parts.billsOf(cardAccountId, { before, limit });
      return c.html(billsView(holder, { ...page, isFirst: before === null }));
    }),
  );
}
