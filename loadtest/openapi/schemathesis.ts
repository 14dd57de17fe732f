import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';
import { type Caller, openCallers } from './callers.ts';
import { type House, openHouse } from './house.ts';
import { terminals } from './requests/town.ts';

const hooks = join(import.meta.dirname, 'schemathesis_hooks.py');
const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_schema_conformance', 'response_headers_conformance'],
];
/** Each of these would end the session under which the rest is called. */
const endsSession = 'sign-ins|sign-outs|/password|query-password|/lock$|/reset$';
const signedPaths = '^/v1/(transactions|holds|reversals|card-inquiries|hot-list|bill-|medical)';

/**
 * A second opinion: schemathesis (from PyPI: `pip install schemathesis`) against the whole service, as each kind of
 * caller: `npm run fuzz:schemathesis -- [--examples 3] [--seed 7] [--program PATH]`.
 */
async function ask(args: readonly string[]): Promise<boolean> {
  const values = readArguments(args, {
    examples: { type: 'string', default: '3' },
    seed: { type: 'string', default: '7' },
    program: { type: 'string', default: 'schemathesis' },
  });
  const options = {
    examples: withinLimits(values.examples, { name: 'examples', max: 1_000 }),
    seed: withinLimits(values.seed, { name: 'seed', max: 2 ** 31 }),
    program: values.program,
  };
  const house = await openHouse();
  try {
    const failed: string[] = [];
    const callers = openCallers(house);
    const kinds = callers.filter(
      ({ name }, place) => callers.findIndex((one) => one.name === name) === place,
    );
    for (const caller of kinds) {
      console.log(`--- as ${caller.name}`);
      if (!(await runAs(caller, house, options))) failed.push(caller.name);
    }
    const isVerified = await house.verify();
    for (const line of house.faults) console.log(`logged: ${line.trim()}`);
    console.log(
      `schemathesis: ${kinds.length} kinds of caller, ${failed.length} with findings${failed.map((name) => ` ${name}`).join('')}, ` +
        `verify ${isVerified ? 'green' : 'RED'}`,
    );
    return failed.length === 0 && isVerified;
  } finally {
    await house.close();
  }
}

interface Options {
  readonly examples: number;
  readonly seed: number;
  readonly program: string;
}

async function runAs(caller: Caller, house: House, { examples, seed, program }: Options): Promise<boolean> {
  const proof = caller.name === 'terminal' ? [] : await tokenOf(caller);
  const paths =
    caller.name === 'terminal'
      ? ['--include-path-regex', signedPaths]
      : ['--exclude-path-regex', endsSession];
  const args = [
    ...['run', `http://127.0.0.1:${house.port}/openapi.json`, '--max-examples', String(examples)],
    ...['--seed', String(seed), '--phases', 'examples,coverage,fuzzing', '--checks', checks.join(',')],
    ...['--continue-on-failure', '--no-color', '--warnings', 'off', ...paths, ...proof],
  ];
  return start(program, args, caller.name === 'terminal' ? signingOf(house) : {});
}

async function tokenOf(caller: Caller): Promise<string[]> {
  const nothing = { method: 'GET', target: '/', body: null };
  const pairs = await caller.prove(nothing, { terminalId: 0, key: '' });
  return pairs.flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
}

function signingOf({ signIns }: House): Record<string, string> {
  const terminal = signIns.terminals.find(({ terminalId }) => terminalId === terminals.shops);
  return {
    SCHEMATHESIS_HOOKS: hooks,
    FUZZ_TERMINAL_ID: String(terminals.shops),
    FUZZ_TERMINAL_KEY: terminal?.key ?? '',
  };
}

function start(program: string, args: readonly string[], words: Record<string, string>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...words }, stdio: 'inherit' });
    child.on('error', (cause) => reject(new Error(`${program} does not start: is it installed?`, { cause })));
    child.on('exit', (code) => resolve(code === 0));
  });
}

try {
  process.exitCode = (await ask(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
