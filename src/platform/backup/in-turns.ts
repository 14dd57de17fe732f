/** Hands out the work one by one to so many at once. The first that fails lets the others end what they do. */
export async function inTurns<Work>(
  all: readonly Work[],
  workers: readonly ((work: Work) => Promise<void>)[],
): Promise<void> {
  const queue = [...all];
  let hasFailed = false;
  const results = await Promise.allSettled(
    workers.map(async (work) => {
      for (let next = queue.shift(); next !== undefined && !hasFailed; next = queue.shift()) {
        await work(next).catch((error) => {
          hasFailed = true;
          throw error;
        });
      }
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
