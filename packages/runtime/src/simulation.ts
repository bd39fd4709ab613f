import type { Channel } from "./channel.js";
import type { Packet } from "./codec/packet.js";

/**
 * What a message costs: `overhead` seconds of each side's processor, `latency` seconds more on its way,
 * and `perByte` seconds of the sender's way out and of the receiver's way in for each byte.
 */
export interface CostModel {
  readonly overhead: number;
  readonly latency: number;
  readonly perByte: number;
}

/** What one rank has done and when, by the clocks of the simulation. */
interface Account {
  messages: number;
  bytes: number;
  /** Rounds passed: a rank sends at most one message in a round and receives at most one. */
  round: number;
  lastSent: number;
  lastReceived: number;
  /** Seconds. */
  time: number;
  outFree: number;
  inFree: number;
}

interface Parcel {
  readonly packet: Packet;
  readonly round: number;
  readonly arrival: number;
}

/** What has passed between simulated ranks. */
export interface Passed<T> {
  readonly results: readonly PromiseSettledResult<T>[];
  readonly rounds: number;
  readonly seconds: number;
  readonly messages: readonly number[];
  readonly bytes: readonly number[];
  /** Messages between ranks of different hosts. */
  readonly crossings: number;
}

const FREE: CostModel = { overhead: 0, latency: 0, perByte: 0 };

/**
 * Runs a collective on many ranks in one process, over channels that are queues in memory, and keeps
 * account of rounds, messages, bytes and modelled time. A rank that receives from named sources one
 * after another does the same whatever runs first, so clocks that travel with the messages are exact.
 *
 * @param body what each rank does; a rank that is still waiting when nothing moves any more has its
 * result rejected
 */
export async function simulateChannels<T>(
  size: number,
  body: (channel: Channel) => Promise<T>,
  {
    hosts,
    crowded = false,
    model = FREE,
  }: { hosts?: readonly number[] | undefined; crowded?: boolean; model?: CostModel } = {},
): Promise<Passed<T>> {
  const ranks = Array.from(
    { length: size },
    (_, rank) => new SimulatedRank(rank, size, hosts, crowded, model),
  );
  for (const rank of ranks) rank.others = ranks;
  const results = new Array<PromiseSettledResult<T> | undefined>(size).fill(undefined);
  for (const [rank, channel] of ranks.entries()) {
    body(channel).then(
      (value) => (results[rank] = { status: "fulfilled", value }),
      (reason: unknown) => (results[rank] = { status: "rejected", reason }),
    );
  }
  await new Promise((resolve) => setImmediate(resolve)); // everything that can run has run
  const accounts = ranks.map(({ account }) => account);
  return {
    results: results.map((result, rank) => result ?? ranks[rank]!.stuck()),
    rounds: accounts.reduce((most, { round }) => Math.max(most, round), 0),
    seconds: accounts.reduce((most, { time }) => Math.max(most, time), 0),
    messages: accounts.map(({ messages }) => messages),
    bytes: accounts.map(({ bytes }) => bytes),
    crossings: ranks.reduce((sum, { crossings }) => sum + crossings, 0),
  };
}

class SimulatedRank implements Channel {
  others: readonly SimulatedRank[] = [];
  readonly unsettled = false;
  crossings = 0;
  readonly account: Account = {
    messages: 0,
    bytes: 0,
    round: 0,
    lastSent: 0,
    lastReceived: 0,
    time: 0,
    outFree: 0,
    inFree: 0,
  };
  readonly #arrived = new Map<number, Parcel[]>();
  readonly #waiting = new Map<number, (packet: Packet) => void>();

  constructor(
    readonly rank: number,
    readonly size: number,
    readonly hosts: readonly number[] | undefined,
    readonly crowded: boolean,
    private readonly model: CostModel,
  ) {}

  send(dest: number, packet: Packet): undefined {
    const { account, model } = this;
    const { bytes, format, owned } = packet;
    account.messages++;
    account.bytes += bytes.byteLength;
    if (this.hosts !== undefined && this.hosts[dest] !== this.hosts[this.rank]) this.crossings++;
    account.lastSent = Math.max(account.round, account.lastSent) + 1;
    account.time += model.overhead;
    account.outFree = Math.max(account.time, account.outFree) + bytes.byteLength * model.perByte;
    this.others[dest]!.#arrive(this.rank, {
      packet: owned ? packet : { format, bytes: bytes.slice(), owned: true },
      round: account.lastSent,
      arrival: account.outFree + model.latency,
    });
  }

  receive(source: number): Promise<Packet> {
    const parcels = this.#arrived.get(source);
    const parcel = parcels?.shift();
    if (parcel === undefined) return new Promise((resolve) => this.#waiting.set(source, resolve));
    if (parcels!.length === 0) this.#arrived.delete(source);
    return Promise.resolve(this.#take(parcel));
  }

  /** The result of a rank that waits for what nobody sends. */
  stuck(): PromiseRejectedResult {
    const reason = new Error(`rank ${this.rank} waits for ever for ${[...this.#waiting.keys()].join(", ")}`);
    return { status: "rejected", reason };
  }

  #arrive(source: number, parcel: Parcel): void {
    const resolve = this.#waiting.get(source);
    if (resolve !== undefined) {
      this.#waiting.delete(source);
      return resolve(this.#take(parcel));
    }
    const parcels = this.#arrived.get(source);
    if (parcels === undefined) this.#arrived.set(source, [parcel]);
    else parcels.push(parcel);
  }

  #take({ packet, round, arrival }: Parcel): Packet {
    const { account, model } = this;
    account.lastReceived = Math.max(round, account.lastReceived + 1);
    account.round = Math.max(account.round, account.lastReceived);
    account.inFree = Math.max(arrival, account.inFree + packet.bytes.byteLength * model.perByte);
    account.time = Math.max(account.time, account.inFree) + model.overhead;
    return packet;
  }
}
