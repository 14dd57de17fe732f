import { Counter, Histogram, type Registry } from 'prom-client';
import { waitBucketsSeconds } from './durations.ts';

export interface HttpMetrics {
  /** Told of each answer over HTTP: the pattern of its route, never its path, and the answer's status. */
  readonly httpAnswered: (route: string, status: number, seconds: number) => void;
}

export function httpMetrics(registers: Registry[]): HttpMetrics {
  const requests = new Counter({
    name: 'one_card_http_requests_total',
    help: 'Requests over HTTP, by route and class of answer (2xx to 5xx); "none" where there is no such path',
    labelNames: ['route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'one_card_http_request_seconds',
    help: 'From a request over HTTP to its answer, by route',
    labelNames: ['route'],
    buckets: waitBucketsSeconds,
    registers,
  });
  return { httpAnswered: remembering(requests, durations) };
}

/** Looking a series up by its labels costs more than raising it; there are as many as there are routes. */
function remembering(
  requests: Counter<'route' | 'status'>,
  durations: Histogram<'route'>,
): HttpMetrics['httpAnswered'] {
  const counters = new Map<string, Counter.Internal[]>();
  const histograms = new Map<string, Histogram.Internal<'route'>>();
  return (route, status, seconds) => {
    const ofRoute = counters.get(route) ?? [];
    counters.set(route, ofRoute);
    const statusClass = Math.floor(status / 100);
    ofRoute[statusClass] ??= requests.labels({ route, status: `${statusClass}xx` });
    ofRoute[statusClass].inc();
    const histogram = histograms.get(route) ?? durations.labels({ route });
    histograms.set(route, histogram);
    histogram.observe(seconds);
  };
}
