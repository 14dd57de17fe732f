/**
 * What Node is told when it runs the service; `npm start` and the Dockerfile say the same.
 *
 * Young garbage is collected by one thread: several wait for each other, and for processors that PostgreSQL has
 * (measured with two: 10 % less processor time a payment, and pauses that are shorter).
 */
export const nodeFlags = ['--no-parallel-scavenge'] as const;
