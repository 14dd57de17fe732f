import { html } from 'hono/html';
import type { FieldFaults } from '#channels/pages/forms/fields.ts';
import type { Visit } from '#channels/pages/page-context.ts';
import type { Texts } from '#channels/pages/texts/zh.ts';
import { formatYuan } from '#money/fen.ts';
import { hainanTime } from '#platform/calendar.ts';

/** A piece of a page. Everything that is put into one with `html` is escaped. */
export type Html = ReturnType<typeof html>;

/** An amount with its sign, for what comes and goes: a plus, or a minus that a screen reader says. */
export function signedYuan(amountFen: bigint): string {
  if (amountFen === 0n) return formatYuan(0n);
  return amountFen > 0n ? `+${formatYuan(amountFen)}` : `\u2212${formatYuan(-amountFen)}`;
}

/** "2026-11-22 08:30:00" in Hainan. */
export function timeText(at: Date | number): string {
  return hainanTime(typeof at === 'number' ? at : at.getTime());
}

/** A moment that programs can read too. */
export function moment(at: Date | number): Html {
  const ms = typeof at === 'number' ? at : at.getTime();
  return html`<time datetime="${new Date(ms).toISOString()}">${hainanTime(ms)}</time>`;
}

/** A name and its value, for a list of them. */
export function fact(name: string, value: string | Html): Html {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** The token that every form carries. */
export function formTokenField(visit: Visit): Html {
  return html`<input type="hidden" name="formToken" value="${visit.formToken}">`;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: string;
  /** Which keys a phone shows: those for digits, or letters as capitals beside digits. */
  readonly keys?: keyof typeof keyboards;
  readonly value?: string;
  readonly lengthMax: number;
}

const keyboards = {
  digits: html`inputmode="numeric"`,
  capitals: html`inputmode="text" autocapitalize="characters" autocorrect="off" spellcheck="false"`,
} as const;

/** A text field with its label, its hint, and what is wrong with it. */
export function textInput(field: Field, faults: FieldFaults, texts: Texts): Html {
  const fault = faults[field.name];
  const described = [`${field.name}-hint`, ...(fault === undefined ? [] : [`${field.name}-fault`])].join(' ');
  return html`<div class="field">
<label for="${field.name}">${field.label}</label>
<p class="hint" id="${field.name}-hint">${field.hint}</p>
${fault === undefined ? '' : html`<p class="fault" id="${field.name}-fault">${texts.faults[fault]}</p>`}
<input id="${field.name}" name="${field.name}" type="${field.type}" value="${field.value ?? ''}"
 maxlength="${field.lengthMax}" autocomplete="${field.autocomplete}" ${field.keys === undefined ? '' : keyboards[field.keys]}
 aria-describedby="${described}" ${fault === undefined ? '' : html`aria-invalid="true"`} required>
</div>`;
}

/** What went wrong with a form, told first and read out at once. */
export function faultList(sentences: readonly string[], texts: Texts): Html | '' {
  if (sentences.length === 0) return '';
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus>
<p class="notice-title"><span aria-hidden="true">!</span> ${texts.errorsHeading}</p>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`;
}

/** That something was done. */
export function doneNotice(sentence: string): Html {
  return html`<div class="notice good" role="status"><p><span aria-hidden="true">✓</span> ${sentence}</p></div>`;
}

export function faultSentences(faults: FieldFaults, texts: Texts): string[] {
  return [...new Set(Object.values(faults))].map((fault) => texts.faults[fault]);
}

/** The sentence of a refusal, with when to try again where that is known. */
export function refusalSentences(
  refused: { readonly refusal: keyof Texts['refusals']; readonly retryAfterSeconds?: number },
  texts: Texts,
): string[] {
  const again = refused.retryAfterSeconds;
  return [texts.refusals[refused.refusal], ...(again === undefined ? [] : [texts.tryAgainIn(again)])];
}

/** The way to the older part of a list, and back to the newest. */
export function pager(
  visit: Visit,
  ways: { path: string; nextBefore: string | null; isFirst: boolean },
): Html {
  const { texts } = visit;
  return html`<nav class="pager" aria-label="${texts.older}">
${ways.isFirst ? '' : html`<a class="button quiet" href="${ways.path}">${texts.newest}</a>`}
${ways.nextBefore === null ? '' : html`<a class="button quiet" href="${ways.path}?before=${ways.nextBefore}">${texts.older}</a>`}
</nav>`;
}
