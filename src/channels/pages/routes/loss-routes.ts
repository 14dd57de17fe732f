import { readFields } from '#channels/pages/forms/fields.ts';
import { liftForm, lossForm } from '#channels/pages/forms/forms.ts';
import { addressOf, type Holder, type PageContext } from '#channels/pages/page-context.ts';
import type { Refused } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { type LossPage, lossConfirmView, lossView, mayReport } from '#channels/pages/views/loss-view.ts';
import { refusalSentences } from '#channels/pages/views/pieces.ts';
import { refusedHeaders, statusOf } from './answers.ts';

const lossPath = `${pagesRoot}/loss`;

/** Reporting a card lost, in two steps, and lifting a temporary report. */
export function addLossRoutes(site: Site): void {
  const { app, parts, door } = site;
  app.get(
    lossPath,
    door.page(async (c, holder) => {
      const card = await lookAtCard(site, holder);
      return c.html(lossView(holder, { card, faults: {}, refusals: [] }));
    }),
  );
  app.get(
    `${lossPath}/confirm`,
    door.page(async (c, holder) => {
      const read = readFields(lossForm, c.req.query());
      const card = await lookAtCard(site, holder);
      if ('faults' in read) return c.html(lossView(holder, { card, faults: read.faults, refusals: [] }), 422);
      // The page itself says why there is nothing to report.
      if (card === null || !mayReport(card, read.value.kind)) return c.redirect(lossPath, 303);
      return c.html(lossConfirmView(holder, read.value.kind, card));
    }),
  );
  app.post(
    lossPath,
    door.form(lossPath, async (c, holder, fields) => {
      const read = readFields(lossForm, fields);
      if ('faults' in read) return again(site, c, { faults: read.faults });
      const { cardAccountId } = holder;
      const answer = await parts.reportLoss({ cardAccountId, kind: read.value.kind });
      // A second click finds the card lost already: the page that follows says since when.
      if ('refusal' in answer && answer.refusal !== 'card-already-lost') return refused(site, c, answer);
      return c.redirect(lossPath, 303);
    }),
  );
  app.post(
    `${lossPath}/lift`,
    door.form(lossPath, async (c, holder, fields) => {
      const read = readFields(liftForm, fields);
      if ('faults' in read) return again(site, c, { faults: read.faults });
      const { cardAccountId } = holder;
      const { password } = read.value;
      const right = await parts.checkPassword({
        cardAccountId,
        password,
        address: addressOf(c, parts.proxyAddress),
      });
      if (right !== 'right') return refused(site, c, right);
      const answer = await parts.liftLoss(cardAccountId);
      if (answer !== 'lifted' && answer.refusal !== 'card-not-lost') return refused(site, c, answer);
      return c.redirect(`${pagesRoot}?done=lifted`, 303);
    }),
  );
}

async function lookAtCard({ parts }: Site, { cardAccountId }: Holder) {
  await parts.recordLook({ cardAccountId, act: 'card-looked-at' });
  return parts.cardOf(cardAccountId);
}

type AnyRefusal = Refused<Parameters<typeof refusalSentences>[0]['refusal']>;

/** The page again with what the other room said. */
function refused(site: Site, c: PageContext, answer: AnyRefusal): Promise<Response> {
  return again(site, c, { refusals: refusalSentences(answer, c.var.visit.texts), answer });
}

async function again(
  site: Site,
  c: PageContext,
  { answer, ...page }: Partial<LossPage> & { readonly answer?: AnyRefusal },
): Promise<Response> {
  const holder = c.var.visit as Holder;
  const card = await lookAtCard(site, holder);
  const view = lossView(holder, { card, faults: {}, refusals: [], ...page });
  return answer === undefined
    ? c.html(view, 422)
    : c.html(view, statusOf(answer.refusal), refusedHeaders(answer));
}
