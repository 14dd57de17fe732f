import { parseArgs } from 'node:util';
import { passGate } from '#testing/load-gate.ts';

/**
 * The gate of a load test: `npm run gate -- --url http://127.0.0.1:8080 [--timeout-seconds 180]`. It waits for a look
 * at the running books that began after the call and has recomputed every group, and ends with 1 where one fen or one
 * row is wrong, or nobody looked in time. A service with WATCH_SECONDS=2 is answered for in seconds.
 */
async function gate(): Promise<number> {
  const options = {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    'timeout-seconds': { type: 'string', default: '180' },
  } as const;
  const { url, 'timeout-seconds': seconds } = parseArgs({ options }).values;
  const verdict = await passGate({
    readMetrics: () => readMetrics(new URL('/metrics', url).href),
    timeoutMs: Number(seconds) * 1_000,
  });
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
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}

process.exitCode = await gate();
