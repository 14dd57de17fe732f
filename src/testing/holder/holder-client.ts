import type { HolderTown } from './holder-town.ts';

/** What came back of a call without a browser. */
interface PageGot {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where a redirect leads. */
  readonly location: string;
}

/** A browser's bare minimum: it keeps cookies and fills in the token of a form. */
export interface HolderClient {
  readonly cookies: Map<string, string>;
  get(path: string): Promise<PageGot>;
  /** Posts fields with the form token of the page given, and the headers a browser would send. */
  submit(page: string, action: string, fields: Readonly<Record<string, string>>): Promise<PageGot>;
  /** Posts as the test says. */
  post(path: string, sent: { body: string; headers?: Readonly<Record<string, string>> }): Promise<PageGot>;
  signIn(cardNumber: string, password: string): Promise<PageGot>;
}

const site = 'http://localhost';
export const ownHeaders = {
  origin: site,
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/x-www-form-urlencoded',
} as const;

export function holderClient(app: HolderTown['app']): HolderClient {
  const cookies = new Map<string, string>();
  const call = async (path: string, init: RequestInit & { headers?: Record<string, string> }) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await app.request(`${site}${path}`, { ...init, headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) keep(cookies, line);
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, headers: answer.headers, text: await answer.text(), location };
  };
  const client: HolderClient = {
    cookies,
    get: (path) => call(path, {}),
    post: (path, { body, headers = ownHeaders }) => call(path, { method: 'POST', body, headers }),
    submit: async (page, action, fields) => {
      const form = await client.get(page);
      const formToken = /name="formToken" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
      return client.post(action, { body: String(new URLSearchParams({ formToken, ...fields })) });
    },
    signIn: (cardNumber, password) =>
      client.submit('/holder/sign-in', '/holder/sign-in', { cardNumber, password }),
  };
  return client;
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  const isGone = attributes.some((attribute) => attribute.toLowerCase() === 'max-age=0');
  if (isGone) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}
