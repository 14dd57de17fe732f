import { StartError } from '#platform/start-error.ts';
import { passGate } from '#testing/load-gate.ts';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';

/**
 * The gate of a load test: `npm run gate -- --url http://127.0.0.1:8080 [--timeout-seconds 180]`. It waits for a look
 * at the running books that began after the call and has recomputed every group, and ends with 1 where one fen or one
 * row is wrong, or nobody looked in time. A service with WATCH_SECONDS=2 is answered for in seconds.
 */
async function gate(): Promise<number> {
  const { url, 'timeout-seconds': seconds } = readArguments(process.argv.slice(2), {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    'timeout-seconds': { type: 'string', default: '180' },
  });
  const timeoutMs = withinLimits(seconds, { name: 'timeout-seconds', max: 3_600 }) * 1_000;
  if (!URL.canParse('/metrics', url))
    throw new StartError(`--url is an address like http://127.0.0.1:8080, not "${url}".`);
  const { href } = new URL('/metrics', url);
  const verdict = await passGate({ readMetrics: () => readMetrics(href), timeoutMs });
  if (verdict.ok) {
    console.log(`The running books are right (a look within ${(verdict.waitedMs / 1_000).toFixed(1)} s).`);
    return 0;
  }
  console.error(`The running books are NOT right:\n${verdict.wrong.map((line) => `  ${line}\n`).join('')}`);
  return 1;
}

const answerLimitMs = 10_000;

/** A service that does not answer at this moment may in the next; the gate's own time ends. */
async function readMetrics(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerLimitMs) });
    if (answer.status === 404)
      throw new StartError(
        `${url} answers 404: behind the proxy nobody reads measures. Name an instance with --url; npm run operate says where they are.`,
      );
    return answer.ok ? await answer.text() : '';
  } catch (error) {
    if (error instanceof StartError) throw error;
    return '';
  }
}

try {
  process.exitCode = await gate();
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
