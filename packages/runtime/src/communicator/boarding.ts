import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { allgather } from "../collectives/allgather.js";
import { allreduce } from "../collectives/allreduce.js";
import { Combiner } from "../collectives/combiner.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { MIN } from "../operators/predefined.js";
import type { Op } from "../operators/operator.js";
import type { Board } from "../board.js";
import { worldRanksOf, type Members } from "./members.js";

/** A call of a collective, as far as boarding is concerned. */
interface BoardingCall extends Channel {
  readonly sequence: number;
  readonly boardsAfter: number;
  close(): void;
}

interface Boarders {
  readonly endpoint: Endpoint;
  readonly members: Members;
  readonly rank: number;
  /** Of the memory: no other communicator's. */
  readonly name: string;
}

/**
 * How the ranks of a communicator come to share a board. When they have made a number of collectives, the same for
 * all, they agree in two collectives of their own, by messages: each says what it offers, opens the board, and says
 * whether it could. Calls made meanwhile wait to learn whether they are messages.
 */
export class Boarding {
  #board: Board | undefined | Promise<Board | undefined>;
  /** The first call that may use the board. */
  #first = Infinity;

  /** The board of a call with this number. */
  boardOf(sequence: number): Board | undefined | Promise<Board | undefined> {
    return sequence < this.#first ? undefined : this.#board;
  }

  /** The board of a call with this number, if that is known. */
  readyBoardOf(sequence: number): Board | undefined {
    const board = this.#board;
    return board === undefined || board instanceof Promise || sequence < this.#first ? undefined : board;
  }

  /** True if the ranks should agree now: it is the same on all. */
  isDue({ sequence, size, hosts, boardsAfter }: BoardingCall): boolean {
    return this.#first === Infinity && size > 1 && hosts === undefined && sequence >= boardsAfter;
  }

  /**
   * @param before the call that was made last: its end is waited for
   * @param first the first of two calls in which the ranks agree, `second` the other one
   */
  begin(before: Promise<unknown>, first: BoardingCall, second: BoardingCall, boarders: Boarders): void {
    this.#first = second.sequence + 1;
    const start = () => agree(first, second, this.#first, boarders);
    const agreed = before.then(start, start);
    this.#board = agreed;
    void agreed.then((board) => {
      if (this.#board === agreed) this.#board = board;
      else board?.close();
    });
  }

  /** Resolves when nothing is to be agreed any more. */
  async settled(): Promise<void> {
    await this.#board;
  }

  /** No call uses it any more. */
  close(): void {
    if (!(this.#board instanceof Promise)) this.#board?.close();
    this.#board = undefined;
  }
}

async function agree(
  first: BoardingCall,
  second: BoardingCall,
  begin: number,
  { endpoint, members, rank, name }: Boarders,
): Promise<Board | undefined> {
  const { boards } = endpoint.meetings;
  const isMaker = rank === 0;
  let board: Board | undefined;
  try {
    const offer = boards?.offer(name, members.size, isMaker) ?? new Float64Array(1);
    const packets = await allgather(first, encode(offer));
    const offers = packets.map((packet) => decode(packet) as Float64Array);
    board = boards?.join(name, { rank, worldRanks: worldRanksOf(members), offers, first: begin });
    const all = await allreduce(second, new Combiner(MIN as Op<number>, board === undefined ? 0 : 1));
    if (all === 1) return board;
  } catch {
    // A rank has failed or left, or a call before was not the same everywhere: that is for the user's calls to say.
  } finally {
    if (isMaker) boards?.conclude(name);
    first.close();
    second.close();
  }
  board?.close();
  return undefined;
}
