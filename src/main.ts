import { keepSignIns } from '#demo/keep-sign-ins.ts';
import { demoSignIns } from '#demo/sign-ins.ts';
import { demoCustomerNumber, utilities } from '#demo/utilities.ts';
import { describeConfig, readConfig } from '#platform/config.ts';
import { type Log, openLog } from '#platform/log.ts';
import { StartError } from '#platform/start-error.ts';
import { type Service, startService } from '#start/start-service.ts';

/** A frozen database answers no good-bye. What was acknowledged is committed in any case. */
const stopLimitMs = 30_000;

/** Starts the service, says where it is, and stops it at Ctrl-C. People read stdout; the log goes to stderr. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = openLog(config.logLevel);
  const service = await startService(config, log);
  log.info('started', { ...describeConfig(config), address: service.address });
  // Before anybody reads where it is, and may stop it.
  stopOnSignals(service, log, config.drainSeconds * 1_000);
  process.stdout.write(await welcome(service, config.dataDir));
  process.on('unhandledRejection', (error) =>
    log.error('a promise failed that nobody waited for', { error }),
  );
}

/**
 * SIGTERM is how a machine stops it: traffic is led elsewhere first. SIGINT is a person at a terminal: nobody has to be
 * led anywhere. A second signal ends the waiting; what is under way is answered in any case.
 */
function stopOnSignals(service: Service, log: Log, drainMs: number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      service.hasten();
      return;
    }
    stopping = true;
    log.info('stopping', { signal });
    const limitMs = stopLimitMs + (signal === 'SIGTERM' ? drainMs : 0);
    setTimeout(
      () => fail(new StartError('Stopping took too long: it was ended as it was.')),
      limitMs,
    ).unref();
    const stopped = signal === 'SIGTERM' ? service.drain() : service.stop();
    stopped.then(() => {
      log.info('stopped');
      process.exit(0);
    }, fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What people are told; a service that cannot tell them is stopped again. */
async function welcome(service: Service, chosenDataDir: string | undefined): Promise<string> {
  try {
    return await banner(service, chosenDataDir);
  } catch (error) {
    await service.stop();
    throw error;
  }
}

async function banner(service: Service, chosenDataDir: string | undefined): Promise<string> {
  const { address, database, demo, posPorts } = service;
  const lines = [
    '',
    '椰岛一卡通 Coconut Island One-Card is running.',
    `  service    ${address}`,
    `  holders    ${address}/holder   持卡人页面`,
    ...posPorts.map(
      ({ host, port, layout, isTls }) =>
        `  terminals  ${host}:${port}   ISO 8583, ${layout}${isTls ? ', TLS' : ''}`,
    ),
    `  interface  ${address}/openapi.json   problems ${address}/problems`,
    `  health     ${address}/healthz  ${address}/readyz  ${address}/metrics`,
    `  database   ${database.embedded ? `embedded PostgreSQL, data in ${database.dataDir}` : 'DATABASE_URL'}`,
  ];
  if (demo) lines.push(...(await demoLines(service, commandPrefix(chosenDataDir))));
  lines.push('', 'Ctrl-C stops it; started again it goes on with its data.', '');
  return lines.join('\n');
}

/** The demonstration finds its sign-ins in the data folder, so it has to be told of another one. */
function commandPrefix(chosenDataDir: string | undefined): string {
  if (chosenDataDir === undefined) return '';
  const isPlain = /^[\w/.+-]+$/.test(chosenDataDir);
  const quoted = isPlain ? chosenDataDir : `'${chosenDataDir.replaceAll("'", "'\\''")}'`;
  return `DATA_DIR=${quoted} `;
}

async function demoLines(service: Service, prefix: string): Promise<string[]> {
  const { address, database, secrets, posPorts } = service;
  const signIns = demoSignIns(secrets);
  const pos = posPorts.find(({ isOfDemo }) => isOfDemo);
  const places = { address, ...(pos === undefined ? {} : { pos: `${pos.host}:${pos.port}` }) };
  const { dataDir, embedded: isOwner } = database;
  const file = await keepSignIns({ dataDir, isOwner }, { ...places, ...signIns });
  const [holder] = signIns.holders;
  const participants = new Set(signIns.terminals.map((terminal) => terminal.participant));
  return [
    '',
    `A small demonstration Hainan is seeded: 1,000 cards, ${participants.size} participants, ${signIns.terminals.length} terminals.`,
    `  file       ${file}`,
    '             has the card numbers, the terminals with their keys, and the passwords and TOTP secrets of staff',
    `  finance    Authorization: Bearer ${signIns.financeToken}`,
    `  holder     Authorization: Bearer ${holder?.token}   (card account ${holder?.cardAccountId})`,
    `  sign-ins   POST /v1/holder-sign-ins: card **** **** **** ${holder?.cardNumber.slice(-4)} (whole in the file under "holders"), password ${holder?.queryPassword}; payment PIN ${holder?.paymentPin}`,
    `             POST /v1/staff-sign-ins: ${signIns.staff.map(({ name }) => name).join(' ')}`,
    ...signIns.terminals
      .filter(({ sector }, place, all) => all.findIndex((other) => other.sector === sector) === place)
      .map(
        ({ terminalId, sector, participant, participantEn, key }) =>
          `  terminal   ${terminalId}  ${sector.padEnd(9)} key ${key}  ${participant} ${participantEn}`,
      ),
    ...utilities.map(
      ({ id, name, nameEn }) => `  utility    ${id}   ${name} ${nameEn}, customer ${demoCustomerNumber}`,
    ),
    '  one terminal a sector is shown; all of them are in the file',
    `  ${prefix}npm run demo   shows terminals, a holder and finance at work`,
    ...(pos === undefined
      ? []
      : [`  ${prefix}npm run pos -- pay 12.50   pays at a POS terminal, over ISO 8583`]),
  ];
}

function fail(error: unknown): never {
  const text = error instanceof StartError ? error.message : 'It did not start; this is a fault of ours:';
  process.stderr.write(`${text}\n`);
  if (!(error instanceof StartError))
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
