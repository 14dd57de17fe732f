import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { URI } from 'otpauth';
import { sealPin } from '#access/rules/pin-envelope.ts';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import type { DemoSignIns } from '#demo/sign-ins.ts';
import { hainanTime } from '#platform/calendar.ts';
import { signRequest } from '#terminals/rules/signature.ts';

/** What the service answered. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** What an answer has to be: a status, and the code of a problem where it is one. */
interface Wanted {
  readonly status?: number;
  readonly code?: string;
}

export type SignIns = DemoSignIns & { readonly address: string };

export const say = (text = '') => process.stdout.write(`${text}\n`);

/** One line of the story, in both languages, and what came of it. */
export function tell(zh: string, en: string, outcome = ''): void {
  say(`\n  ${zh}\n  ${en}`);
  if (outcome !== '') say(`    ${outcome}`);
}

export function readSignIns(file: string): SignIns {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SignIns;
  say(`There are no demonstration sign-ins in ${file}: run "npm start" first, and leave it running.`);
  process.exit(1);
}

/** The people and machines of the story, each with what it signs with. */
export interface World {
  readonly signIns: SignIns;
  /** Calls as somebody who signed in, or as nobody with an empty token. */
  call(token: string, path: string, said?: Said): Promise<Answer>;
  /** Posts as a terminal, with a trace number of its own. */
  post(
    terminalId: number,
    path: string,
    said: { readonly body: object; readonly wanted?: Wanted },
  ): Promise<Answer>;
  /** A PIN typed at a terminal, sealed for the trace that the next post will carry. */
  sealedPin(terminalId: number, pin: string): { readonly pin: string };
  signInStaff(name: string): Promise<string>;
  /** A number that no other run of the demonstration has. */
  readonly run: number;
}

interface Said {
  readonly body?: object | string;
  readonly wanted?: Wanted;
}

const answerTimeoutMs = 15_000;
const codeStepMs = 30_000;
/** More would make the next wait longer. */
const triesMax = 3;

export function openWorld(signIns: SignIns): World {
  const { address } = signIns;
  let traces = (Math.floor(Date.now() / 100) % 800_000) + 1_000;
  const keyOf = (id: number) =>
    Buffer.from(signIns.terminals.find((one) => one.terminalId === id)?.key ?? '', 'hex');
  const traceNow = () => ({
    batchNumber: 1,
    traceNumber: traces,
    localTime: hainanTime(Date.now()).replace(' ', 'T'),
  });
  let trace = traceNow();
  const call: World['call'] = async (token, path, said = {}) => {
    const answer = await fetch(address + path, {
      ...bodyOf(said.body),
      headers: { ...headersOf(said.body, token) },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    return checked(path, said.wanted ?? {}, answer);
  };
  return {
    signIns,
    run: Math.floor(Date.now() / 1000),
    call,
    post: async (terminalId, path, { body, wanted = {} }) => {
      const isTraced =
        !path.startsWith('/v1/medical') && path !== '/v1/bill-queries' && path !== '/v1/hot-list';
      const text = Buffer.from(JSON.stringify(isTraced ? { ...body, ...trace } : body));
      traces += 1;
      trace = traceNow();
      const signed = { method: 'POST', path, time: String(Date.now()), key: randomUUID(), body: text };
      const answer = await fetch(address + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'terminal-id': String(terminalId),
          'request-time': signed.time,
          'idempotency-key': signed.key,
          'request-signature': signRequest(keyOf(terminalId), signed),
        },
        body: text,
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      return checked(path, wanted, answer);
    },
    sealedPin: (terminalId, pin) => {
      const place = `${trace.batchNumber} ${trace.traceNumber} ${trace.localTime}`;
      const nonce = randomBytes(12);
      return { pin: sealPin(keyOf(terminalId), pin, { terminalId, trace: place, nonce }) };
    },
    signInStaff: (name) => signInStaff(signIns, name, call),
  };
}

const bodyOf = (body: Said['body']) => {
  if (body === undefined) return { method: 'GET' };
  return { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
};

function headersOf(body: Said['body'], token: string): Record<string, string> {
  const type = typeof body === 'string' ? 'text/csv' : 'application/json';
  return {
    ...(body === undefined ? {} : { 'content-type': type }),
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
}

async function checked(path: string, wanted: Wanted, answer: Response): Promise<Answer> {
  const text = await answer.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A page or a file: its text says it.
  }
  const isAsTold = answer.status === (wanted.status ?? 200) && (wanted.code ?? body['code']) === body['code'];
  const said = { status: answer.status, headers: answer.headers, text, body };
  if (!isAsTold) throw new OtherAnswer(path, said);
  return said;
}

/** The service answered, but not as the story tells it. */
class OtherAnswer extends Error {
  override readonly name = 'OtherAnswer';
  readonly answer: Answer;
  constructor(path: string, answer: Answer) {
    super(`${path} was answered ${answer.status} ${answer.text.slice(0, 400)}`);
    this.answer = answer;
  }
}

/** A code is taken once: a demonstration that was run a moment ago waits for the next one. */
async function signInStaff(signIns: SignIns, name: string, call: World['call']): Promise<string> {
  const staff = signIns.staff.find((one) => one.name === name);
  if (staff === undefined) throw new Error(`nobody is called ${name} in the demonstration`);
  const totp = URI.parse(staff.otpauthUri);
  for (let tries = 0; tries < triesMax; tries++) {
    const code = 'period' in totp ? totp.generate() : '';
    const body = { name, password: staff.password, code };
    const answer = await call('', '/v1/staff-sign-ins', { body }).catch(refusal);
    if (answer.status === 200) return String(answer.body['token']);
    if (answer.body['code'] !== 'sign-in-wrong' || tries === triesMax - 1)
      throw new Error(signInAdvice(name, answer));
    say(`    (${name} 等待下一个动态口令 waits for the next one-time code)`);
    await new Promise((resolve) => setTimeout(resolve, codeStepMs - (Date.now() % codeStepMs) + 500));
  }
  throw new Error(`${name} could not sign in`);
}

function refusal(error: unknown): Answer {
  if (error instanceof OtherAnswer) return error.answer;
  throw error;
}

function signInAdvice(name: string, { body, headers }: Answer): string {
  const cause = `${body['titleZh']} ${body['title']}`;
  const seconds = headers.get('retry-after');
  const remedy =
    seconds === null
      ? 'the name, password or codes are no longer those of the sign-ins file: start the service with a new DATA_DIR and run the demonstration with the same one'
      : `run it again in ${seconds} s, or start the service with a new DATA_DIR`;
  return `${name} cannot sign in (${cause}); ${remedy}`;
}

const testBirthdays = 3_650;
const birthdayBase = Date.UTC(1950, 0, 1);
const dayMs = 86_400_000;

/** A made-up social-security number with a right check digit: another one in each run, of nobody. */
export function testIdNumber(run: number): string {
  const birthday = new Date(birthdayBase + (run % testBirthdays) * dayMs).toISOString().slice(0, 10);
  const sequence = Math.floor(run / testBirthdays) % 10;
  const first = `460100${birthday.replaceAll('-', '')}00${sequence}`;
  return first + checkDigitOf(first);
}
