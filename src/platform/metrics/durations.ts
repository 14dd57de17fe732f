/** Buckets of what a caller waits for, in seconds: from far below to far beyond what we promise. */
export const waitBucketsSeconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
