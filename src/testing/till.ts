import type { Clearing } from '#clearing/open.ts';
import type { Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { townRequest } from './town.ts';

export type { Clearing, Outcome };

/** Posts a request of the town with a trace number of its own, and gives what was decided. */
export type Till = (over?: Partial<Request>) => Promise<Outcome>;

/** A till before these instances, which take turns. */
export function tillBefore(...instances: readonly Clearing[]): Till {
  let traces = 0;
  return async (over = {}) => {
    const request = townRequest(++traces, over);
    const clearing = instances[traces % instances.length];
    const answer = await clearing?.submit({ request, isRepeat: false });
    if (answer?.status !== 'decided') throw new Error(`not decided: ${answer?.status}`);
    return answer;
  };
}
