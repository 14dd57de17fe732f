/** What a browser says about where a form was sent from. */
export interface Sender {
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which a page cannot write itself. */
  readonly site: string | undefined;
  readonly host: string | undefined;
}

/**
 * Whether a form comes from our own pages. The origin must be the public address or, where none is configured,
 * the host that was asked; a browser that says "cross-site" is believed, and one that says nothing is not.
 */
export function isOwnSender({ origin, site, host }: Sender, publicUrl: string | undefined): boolean {
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined || origin === 'null') return site === 'same-origin';
  if (!URL.canParse(origin)) return false;
  return publicUrl === undefined ? new URL(origin).host === host : origin === new URL(publicUrl).origin;
}
