/** Collectives on many ranks in one process, below the communicator. */
import {
  decode,
  forceAlgorithms,
  simulateChannels,
  type Channel,
  type Choices,
  type CostModel,
  type Packet,
  type Passed,
} from "@tsmpi/runtime/testing";

export interface Setting {
  /** Algorithms to take instead of those that would be chosen. */
  readonly force?: Choices;
  readonly hosts?: readonly number[] | undefined;
  readonly model?: CostModel;
}

/** Runs `body` on each rank; results may be errors, also of ranks that wait for ever. */
export async function attempt<T>(
  size: number,
  body: (channel: Channel) => Promise<T>,
  { force = {}, ...rest }: Setting = {},
): Promise<Passed<T>> {
  forceAlgorithms(force);
  try {
    return await simulateChannels(size, body, rest);
  } finally {
    forceAlgorithms({});
  }
}

/** As `attempt`, and every rank must succeed; gives what the ranks returned besides. */
export async function perform<T>(
  size: number,
  body: (channel: Channel) => Promise<T>,
  setting?: Setting,
): Promise<Passed<T> & { values: T[] }> {
  const passed = await attempt(size, body, setting);
  const values = passed.results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  return { ...passed, values };
}

/** The values of packets. */
export function decodeAll(packets: readonly Packet[] | undefined): unknown[] | undefined {
  return packets?.map((packet) => decode(packet));
}

export const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
export const most = (numbers: readonly number[]): number =>
  numbers.reduce((max, one) => Math.max(max, one), 0);
