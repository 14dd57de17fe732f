import { html } from 'hono/html';
import type { Cell, Tone } from '#channels/pages/staff/lists/list.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { StaffVisit } from '#channels/pages/staff/staff-visit.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import { doneNotice, type Html, moment } from '#channels/pages/views/pieces.ts';
import { formatYuan } from '#money/fen.ts';

export { doneNotice, type Html, moment };

export type StaffFault = keyof StaffTexts['faults'];
export type StaffRefusal = keyof StaffTexts['refusals'];

export function tokenField({ formToken }: StaffVisit): Html {
  return html`<input type="hidden" name="formToken" value="${formToken}">`;
}

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

export function fact(name: string, value: string | Html): Html {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}</dd></div>`;
}

export function badgeOf(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export function linkTo(href: string | null, content: string | Html): Html {
  return href === null ? html`${content}` : html`<a href="${href}">${content}</a>`;
}

/** What a cell shows. */
export function cellView(cell: Cell, texts: StaffTexts): Html {
  return linkTo(cell.href ?? null, contentOf(cell, texts));
}

function contentOf(cell: Cell, texts: StaffTexts): string | Html {
  switch (cell.kind) {
    case 'text':
    case 'mono':
      return cell.text === '' ? texts.nothing : cell.text;
    case 'count':
      return grouped(cell.count);
    case 'money':
      return cell.fen === null ? texts.nothing : yuan(cell.fen);
    case 'moment':
      return cell.at === null ? texts.nothing : moment(cell.at);
    case 'badge':
      return badgeOf(cell.text, cell.tone);
  }
}

/** An amount with a sign that a screen reader says. */
export function yuan(fen: bigint): string {
  return fen < 0n ? `\u2212${formatYuan(-fen)}` : formatYuan(fen);
}

export function grouped(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

export interface FieldOf {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete?: string;
  readonly digits?: true;
  readonly lengthMax: number;
  readonly value?: string;
  readonly optional?: true;
}

/** A field with its label, its hint, and what is wrong with it. */
export function field(of: FieldOf, faults: Readonly<Record<string, StaffFault>>, texts: StaffTexts): Html {
  const { name, label, hint = '', type = 'text', autocomplete = 'off', lengthMax, value = '' } = of;
  const fault = faults[name];
  const described = [
    ...(hint === '' ? [] : [`${name}-hint`]),
    ...(fault === undefined ? [] : [`${name}-fault`]),
  ].join(' ');
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint === '' ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault === undefined ? '' : html`<p class="fault" id="${name}-fault">${texts.faults[fault]}</p>`}
<input id="${name}" name="${name}" type="${type}" value="${value}" maxlength="${lengthMax}" autocomplete="${autocomplete}"
 spellcheck="false" ${of.digits ? html`inputmode="numeric"` : ''} ${described === '' ? '' : html`aria-describedby="${described}"`}
 ${fault === undefined ? '' : html`aria-invalid="true"`} ${of.optional ? '' : html`required`}>
</div>`;
}

/** What went wrong, told first and read out at once. */
export function wrongs(sentences: readonly string[], texts: StaffTexts): Html | '' {
  if (sentences.length === 0) return '';
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus>
<p class="notice-title"><span aria-hidden="true">!</span> ${texts.errorsHeading}</p>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`;
}

export function faultSentences(faults: Readonly<Record<string, StaffFault>>, texts: StaffTexts): string[] {
  return [...new Set(Object.values(faults))].map((fault) => texts.faults[fault]);
}

/** The sentence of a refusal, with when to try again where that is known. */
export function refusalSentences(
  refused: { readonly refusal: StaffRefusal; readonly retryAfterSeconds?: number | null },
  texts: StaffTexts,
): string[] {
  const again = refused.retryAfterSeconds ?? null;
  return [texts.refusals[refused.refusal], ...(again === null ? [] : [texts.tryAgainIn(again)])];
}

/** A table that is wider than its place scrolls inside it, also by keyboard. */
export function tableBox(label: string, table: Html): Html {
  return html`<div class="table-box" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** The tabs of pages that belong together. */
export function tabsOf(
  texts: StaffTexts,
  tabs: readonly {
    readonly path: string;
    readonly name: string;
    readonly query?: Readonly<Record<string, string>>;
  }[],
  current: string,
): Html {
  const links = tabs.map(
    ({ path, name, query = {} }) =>
      html`<li><a href="${pathWith(path, query)}"${path === current ? html` aria-current="page"` : ''}>${name}</a></li>`,
  );
  return html`<nav class="tabs" aria-label="${texts.tabs}"><ul>${links}</ul></nav>`;
}
