import { readStaffForm, reasonForm } from '#channels/pages/staff/forms/staff-forms.ts';
import { contentSeal, isContentSeal } from '#channels/pages/staff/rules/content-seal.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import {
  actorOf,
  type Fields,
  type SignedIn,
  type StaffContext,
  secretsOf,
} from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { type ActPage, actView } from '#channels/pages/staff/views/act-view.ts';
import { field, hiddenField, yuan } from '#channels/pages/staff/views/pieces.ts';
import { problemPage } from '#channels/pages/staff/views/problem-view.ts';
import { suspendedView } from '#channels/pages/staff/views/suspended-view.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { resumeOrder } from '#load-orders/resume.ts';
import { findOrder, type Order } from '#load-orders/store.ts';
import { countSuspended } from './count-suspended.ts';

const suspendedPath = '/staff/suspended';

/** What stopped on its way, and loads that operators take up again. */
export function addSuspendedRoutes({ parts, door }: StaffSite): void {
  door.page(suspendedPath, async (c, visit) => {
    const items = await countSuspended(parts, visit);
    const page = { items, nowMs: parts.nowMs(), resumed: c.req.query('done') === 'resumed' };
    return c.html(suspendedView({ ...visit, path: suspendedPath }, page));
  });
  door.page('/staff/load/:account/:id', async (c, visit) => {
    const order = await failedOrder(parts, c);
    return order === null ? problemPage(c, 'notFound') : c.html(firstStep(visit, order));
  });
  door.form('/staff/load/:account/:id/review', loadPath, async (c, visit, fields) => {
    const order = await failedOrder(parts, c);
    if (order === null) return problemPage(c, 'notFound');
    const read = readStaffForm(reasonForm, fields);
    if ('faults' in read) return c.html(firstStep(visit, order, { faults: read.faults }), 422);
    return c.html(secondStep(visit, order, read.value.reason));
  });
  door.form('/staff/load/:account/:id/resume', loadPath, (c, visit, fields) =>
    resume(parts, { c, visit, fields }),
  );
}

const loadPath = (c: StaffContext) => `/staff/load/${c.req.param('account')}/${c.req.param('id')}`;
const pathOf = ({ cardAccountId, id }: Order) => `/staff/load/${cardAccountId}/${id}`;

/** The order that the path names; null for none, and for one that is another account's. */
async function namedOrder({ session }: StaffParts, c: StaffContext): Promise<Order | null> {
  const [account, id] = [c.req.param('account') ?? '', c.req.param('id') ?? ''];
  const isNumber = (text: string) => /^[1-9]\d{0,17}$/.test(text);
  if (!isNumber(account) || !isNumber(id)) return null;
  const order = await findOrder(session, { bucket: bucketOf(BigInt(account)), id: BigInt(id) });
  return order?.cardAccountId === BigInt(account) ? order : null;
}

async function failedOrder(parts: StaffParts, c: StaffContext): Promise<Order | null> {
  const order = await namedOrder(parts, c);
  return order?.state === 'failed' ? order : null;
}

function firstStep(visit: SignedIn, order: Order, wrong: Partial<ActPage> = {}) {
  const { texts } = visit;
  const reason = field(
    { name: 'reason', label: texts.act.reason, hint: texts.act.reasonHint, lengthMax: 200 },
    wrong.faults ?? {},
    texts,
  );
  return actView(visit, {
    ...pageOf(visit, order),
    ...{ action: `${pathOf(order)}/review`, fields: reason, submit: texts.act.next, isLast: false },
    ...wrong,
  });
}

function secondStep(visit: SignedIn, order: Order, reason: string) {
  const { texts } = visit;
  const seal = contentSeal(secretsOf(visit), contentOf(order, reason));
  return actView(visit, {
    ...pageOf(visit, order),
    lead: texts.act.confirmLead,
    changes: [
      ...pageOf(visit, order).changes,
      { what: texts.act.reason, before: texts.nothing, after: reason },
    ],
    action: `${pathOf(order)}/resume`,
    fields: [hiddenField('reason', reason), hiddenField('seal', seal)],
    ...{ submit: texts.act.confirm(texts.load.resume), isLast: true },
  });
}

function contentOf(order: Order, reason: string): string[] {
  return [
    'resume-load',
    String(order.cardAccountId),
    String(order.id),
    String(order.amountFen),
    order.reason ?? '',
    reason,
  ];
}

function pageOf(visit: SignedIn, order: Order): Omit<ActPage, 'action' | 'fields' | 'submit' | 'isLast'> {
  const { texts } = visit;
  const says = texts.load;
  const why = order.reason === null ? texts.nothing : wordIn(texts, 'reason', order.reason);
  return {
    ...{ title: says.title(String(order.id)), section: 'suspended', faults: {}, refusals: [] },
    changes: [
      { what: says.state, before: `${says.failed} (${why})`, after: says.resumed },
      { what: says.amount, before: yuan(order.amountFen), after: yuan(order.amountFen) },
      { what: says.account, before: String(order.cardAccountId), after: String(order.cardAccountId) },
    ],
    cancel: '/staff/suspended/loads',
  };
}

interface Sent {
  readonly c: StaffContext;
  readonly visit: SignedIn;
  readonly fields: Fields;
}

async function resume(parts: StaffParts, { c, visit, fields }: Sent): Promise<Response> {
  const order = await namedOrder(parts, c);
  if (order === null) return problemPage(c, 'notFound');
  const { reason = '', seal } = fields;
  const done = `${suspendedPath}?done=resumed`;
  // The seal holds why it had failed, so one that failed anew for another reason is looked at anew.
  if (order.state === 'failed' && !isContentSeal(seal, secretsOf(visit), contentOf(order, reason)))
    return problemPage(c, 'stale');
  const of = { bucket: order.bucket, id: order.id };
  const resumed = await resumeOrder(parts.pool, of, { actor: actorOf(visit), reason });
  if (resumed !== null) return c.redirect(done, 303);
  // A second click finds that it goes on already; so does whoever was slower.
  const refusals = [visit.texts.refusals['load-not-failed']];
  return c.html(firstStep(visit, order, { refusals }), 409);
}
