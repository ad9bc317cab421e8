/** One request of a client, in milliseconds of the monotonic `Clock`. */
export interface Poll {
  readonly requestedAt: number;
  /** When the response was ready. */
  respondedAt: number;
}

/** A request of a polling client. A due time without a request leaves a gap in the numbers. */
export interface NumberedPoll {
  readonly number: number;
  readonly poll: Poll;
}

/** Predicts the time of the next request from at least two polls, the oldest first. */
type Prediction = (polls: readonly NumberedPoll[]) => number;

/**
 * Clients keep their period in different ways, so there are several predictions. The first one is preferred if all are equally
 * good: it is the earliest while responses are slow.
 */
export const PREDICTIONS: readonly Prediction[] = [predictAfterResponse, predictAfterRequest, predictOnGrid];

/** For clients that pause after each response, such as `while true; do curl …; sleep 15; done`. */
function predictAfterResponse(polls: readonly NumberedPoll[]): number {
  const pauses = polls.flatMap(({ number, poll }, index) => {
    const previous = polls[index - 1];
    return previous?.number === number - 1 ? [poll.requestedAt - previous.poll.respondedAt] : [];
  });
  if (pauses.length === 0) return predictAfterRequest(polls);
  return getLast(polls).poll.respondedAt + pauses.reduce((sum, pause) => sum + pause) / pauses.length;
}

/** For clients that start a timer when they send a request. */
function predictAfterRequest(polls: readonly NumberedPoll[]): number {
  return getLast(polls).poll.requestedAt + getMeanPeriodMs(polls);
}

/** For clients that poll at fixed times, each time a little late, such as Prometheus: a least-squares line. */
function predictOnGrid(polls: readonly NumberedPoll[]): number {
  const count = polls.length;
  const meanNumber = polls.reduce((sum, { number }) => sum + number, 0) / count;
  const meanTime = polls.reduce((sum, { poll }) => sum + poll.requestedAt, 0) / count;
  let [covariance, variance] = [0, 0];
  for (const { number, poll } of polls) {
    covariance += (number - meanNumber) * (poll.requestedAt - meanTime);
    variance += (number - meanNumber) ** 2;
  }
  return meanTime + (covariance / variance) * (getLast(polls).number + 1 - meanNumber);
}

/** Returns the mean time between two due times. */
export function getMeanPeriodMs(polls: readonly NumberedPoll[]): number {
  const [first, last] = [polls[0] ?? getLast(polls), getLast(polls)];
  return (last.poll.requestedAt - first.poll.requestedAt) / (last.number - first.number);
}

function getLast(polls: readonly NumberedPoll[]): NumberedPoll {
  const last = polls.at(-1);
  if (last === undefined) throw new RangeError('No polls');
  return last;
}
