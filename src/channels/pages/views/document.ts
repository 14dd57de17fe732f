import { html, raw } from 'hono/html';
import { type Language, languageTags } from '#channels/pages/texts/texts.ts';
import type { Html } from './pieces.ts';

export interface DocumentOf {
  readonly language: Language;
  readonly title: string;
  /** Whose page it is, as the title of the window says it. */
  readonly site: string;
  readonly style: { readonly href: string };
  readonly icon: { readonly href: string };
  /** A mode of the whole page, such as large type. */
  readonly mode?: string;
  /** How the parts of the page are laid out. */
  readonly frame?: string;
  /** What leads who reads by keyboard past the top. */
  readonly skip: string;
  readonly body: Html;
}

/** The document that every page of holders, staff and partners is: its head, the way past the top, and what it shows. */
export function htmlDocument(of: DocumentOf): Html {
  return html`${raw('<!doctype html>')}
<html lang="${languageTags[of.language]}"${classOf(of.mode)}>
<head>
<meta charset="utf-8">
<title>${of.title} · ${of.site}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light">
<link rel="stylesheet" href="${of.style.href}">
<link rel="icon" href="${of.icon.href}" type="image/svg+xml">
</head>
<body${classOf(of.frame)}>
<a class="skip" href="#content">${of.skip}</a>
${of.body}
</body>
</html>`;
}

function classOf(name: string | undefined): Html | string {
  return name === undefined ? '' : html` class="${name}"`;
}
