import type { BoardCall } from "../channel.js";
import type { CallSite } from "../call-site.js";
import type { Packet } from "../codec/packet.js";
import type { Board } from "../board.js";
import { agree, type Call } from "./call.js";
import type { Endpoint } from "./endpoint.js";
import type { BoardWait } from "./meetings.js";

/** A call, as the board needs to know it. */
export interface TurnCall extends Call {
  readonly rank: number;
  readonly size: number;
  readonly operation: string;
  readonly site: CallSite | undefined;
  /** Its user does nothing before it is over. */
  readonly patient: boolean;
}

const enum Until {
  FREE,
  RELEASED,
  POSTED,
  SHOWN,
  LEFT,
  /** It will be rejected. */
  VERDICT,
}

/** One call's turn on a board. */
export class BoardTurn implements BoardCall {
  /** All ranks have made the same call: nobody will ever ask about it. */
  agreed = false;
  readonly #endpoint: Endpoint;
  readonly #board: Board;
  readonly #call: TurnCall;
  readonly #sequence: number;
  #lends = false;
  #left = false;
  #wait: Wait | undefined;
  #error: Error | undefined;

  constructor(endpoint: Endpoint, board: Board, call: TurnCall) {
    this.#endpoint = endpoint;
    this.#board = board;
    this.#call = call;
    this.#sequence = call.sequence;
  }

  get lends(): boolean {
    return this.#lends;
  }

  /** Until it may begin; undefined: at once. */
  entered(): Promise<void> | undefined {
    return this.#board.isFree(this.#sequence) ? undefined : this.#leaving(Until.FREE);
  }

  /** Takes no part in what others do there. */
  pass(): void {
    const entered = this.entered();
    const leave = () => this.#leave();
    if (entered === undefined) leave();
    else entered.then(leave, leave);
  }

  /** World ranks that it waits for. */
  awaited(): number[] {
    return this.#wait?.missing() ?? [];
  }

  /**
   * It is over.
   *
   * @param isComplete false if others may not have come to the end: what has been lent stays until they have
   */
  close(isComplete: boolean): void {
    if (isComplete && this.#lends) this.#board.reclaim(this.#sequence);
    if (!this.#left) this.#leave();
  }

  /** What it waits for is in vain. */
  reject(error: Error): void {
    this.#error = error;
    if (this.#wait !== undefined) this.#endpoint.meetings.withdraw(this.#wait, error);
  }

  post(packets: Packet | readonly Packet[], expected = false, mark = 0): boolean {
    const { signature, shape } = this.#call;
    this.#lends = this.#board.put(this.#sequence, signature, shape, packets, mark);
    const isLast = this.#board.arrive(this.#sequence, 0);
    if (expected) this.#board.wakeAll();
    return isLast && this.#agrees();
  }

  release(result?: Packet, to?: number): void {
    if (result !== undefined && this.#board.putResult(this.#sequence, result)) this.#lends = true;
    this.#board.release(this.#sequence, 0);
    if (to === undefined) this.#board.wakeAll();
    else if (to !== this.#call.rank) this.#board.wake(to);
  }

  releaseToMessages(): void {
    this.#board.release(this.#sequence, 1);
    this.release();
  }

  get goesOn(): boolean {
    return this.#board.isReleased(this.#sequence, 1);
  }

  released(): Promise<void> | undefined {
    const { patient } = this.#call;
    if (!this.#board.await(() => this.#board.isReleased(this.#sequence, 0), patient)) {
      return this.#until(Until.RELEASED);
    }
    this.agreed = true;
    return undefined;
  }

  posted(rank: number): Promise<void> | undefined {
    const { patient } = this.#call;
    if (this.#board.await(() => this.#board.isPosted(this.#sequence, rank), patient)) return this.#heed(rank);
    return this.#until(Until.POSTED, rank).then(() => this.#heed(rank));
  }

  markOf(rank: number): number {
    return this.#board.markOf(this.#sequence, rank);
  }

  read(rank: number): Packet {
    return this.#board.read(this.#sequence, rank);
  }

  result(): Packet {
    return this.#board.result(this.#sequence);
  }

  finished(): Promise<void> | undefined {
    if (!this.#left) this.#leave();
    return !this.#lends || this.#board.haveAllLeft(this.#sequence) ? undefined : this.#leaving(Until.LEFT);
  }

  show(bytes: Uint8Array | Packet): Promise<void> | undefined {
    this.#board.show(this.#sequence, bytes);
    if (!this.#board.arrive(this.#sequence, 1)) return this.#until(Until.SHOWN);
    this.#board.release(this.#sequence, 1);
    this.#board.wakeAll();
    return undefined;
  }

  shown(rank: number): Packet | undefined {
    return this.#board.shown(this.#sequence, rank);
  }

  fetch(rank: number, phase: 0 | 1, offset: number, into: Uint8Array): void {
    this.#board.fetch(this.#sequence, rank, phase, offset, into);
  }

  #leave(): void {
    this.#left = true;
    this.#board.leave(this.#sequence);
  }

  /** The last to come compares what all have called. */
  #agrees(): boolean {
    const { rank, size } = this.#call;
    for (let other = 0; other < size; other++) {
      if (other === rank || agree(this.#call, this.#board.identityOf(this.#sequence, other))) continue;
      this.#endpoint.calls.differ(this.#call);
      return false;
    }
    return (this.agreed = true);
  }

  /** A rank has posted: for the same call? If not, the call is rejected some time. */
  #heed(rank: number): Promise<void> | undefined {
    if (agree(this.#call, this.#board.identityOf(this.#sequence, rank))) return undefined;
    this.#endpoint.calls.differ(this.#call);
    return this.#until(Until.VERDICT);
  }

  #until(until: Until, rank = 0): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const wait = new Wait(this.#board, this.#call, until, rank);
    this.#wait = wait;
    this.#endpoint.meetings.await(wait);
    return wait.promise;
  }

  /** Waits for others to leave: who is last wakes those who have said so. */
  #leaving(until: Until): Promise<void> {
    this.#board.awaitLeaving(true);
    const done = () => this.#board.awaitLeaving(false);
    const promise = this.#until(until);
    promise.then(done, done);
    return promise;
  }
}

class Wait implements BoardWait {
  readonly promise: Promise<void>;
  readonly #board: Board;
  readonly #call: TurnCall;
  readonly #until: Until;
  readonly #rank: number;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(board: Board, call: TurnCall, until: Until, rank: number) {
    this.#board = board;
    this.#call = call;
    this.#until = until;
    this.#rank = rank;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get context(): number {
    return this.#call.context;
  }

  get tag(): number {
    return this.#call.sequence;
  }

  get operation(): string {
    return this.#call.operation;
  }

  get site(): CallSite | undefined {
    return this.#call.site;
  }

  isOver(): boolean {
    const { sequence } = this.#call;
    switch (this.#until) {
      case Until.FREE:
        return this.#board.isFree(sequence);
      case Until.RELEASED:
        return this.#board.isReleased(sequence, 0);
      case Until.POSTED:
        return this.#board.isPosted(sequence, this.#rank);
      case Until.SHOWN:
        return this.#board.isReleased(sequence, 1);
      case Until.LEFT:
        return this.#board.haveAllLeft(sequence);
      case Until.VERDICT:
        return false;
    }
  }

  missing(): number[] {
    const { audience, size, rank } = this.#call;
    const missing: number[] = [];
    for (let other = 0; other < size; other++) {
      if (other !== rank && this.#isUpTo(other)) missing.push(audience.worldRankOf(other));
    }
    return missing;
  }

  end(): void {
    this.#resolve();
  }

  fail(error: Error): void {
    this.promise.catch(() => {}); // the call may be rejected by other means
    this.#reject(error);
  }

  #isUpTo(rank: number): boolean {
    const { sequence } = this.#call;
    switch (this.#until) {
      case Until.FREE:
        return !this.#board.hasLeft(sequence - this.#board.depth, rank);
      case Until.RELEASED:
        return !this.#board.isPosted(sequence, rank);
      case Until.POSTED:
        return rank === this.#rank;
      case Until.SHOWN:
      case Until.LEFT:
        return !this.#board.hasLeft(sequence, rank);
      case Until.VERDICT:
        return false;
    }
  }
}
