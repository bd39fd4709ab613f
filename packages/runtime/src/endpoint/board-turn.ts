import type { BoardCall } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import type { Board } from "../board.js";
import { agree } from "./call.js";
import { isOver, Until, Wait, type TurnOwner } from "./board-wait.js";
import type { Endpoint } from "./endpoint.js";

/** One call's turn on a board. */
export class BoardTurn implements BoardCall {
  /** All ranks have made the same call: nobody will ever ask about it. */
  agreed = false;
  readonly #endpoint: Endpoint;
  readonly #board: Board;
  readonly #owner: TurnOwner;
  #sequence: number;
  #lends = false;
  #left = false;
  #wait: Wait | undefined;
  #error: Error | undefined;

  constructor(endpoint: Endpoint, board: Board, owner: TurnOwner) {
    this.#endpoint = endpoint;
    this.#board = board;
    this.#owner = owner;
    this.#sequence = owner.sequence;
  }

  /** As new, for the owner's next call. */
  renew(): void {
    this.#sequence = this.#owner.sequence;
    this.agreed = false;
    this.#lends = false;
    this.#left = false;
  }

  get cores(): number {
    return this.#board.cores;
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
    const { signature, shape } = this.#owner;
    this.#lends = this.#board.put(this.#sequence, signature, shape, packets, mark);
    const isLast = this.#board.arrive(this.#sequence, 0);
    if (expected) this.#board.wakeAll();
    return isLast && this.#agrees();
  }

  release(result?: Packet, to?: number): void {
    if (result !== undefined && this.#board.putResult(this.#sequence, result)) this.#lends = true;
    this.#board.release(this.#sequence, 0);
    this.#wake(to);
  }

  releaseToMessages(): void {
    this.#board.release(this.#sequence, 1);
    this.release();
  }

  get goesOn(): boolean {
    return this.#board.isReleased(this.#sequence, 1);
  }

  released(): Promise<void> | undefined {
    const pending = this.#until(Until.RELEASED);
    if (pending === undefined) this.agreed = true;
    return pending;
  }

  posted(rank: number): Promise<void> | undefined {
    const pending = this.#until(Until.POSTED, rank);
    return pending === undefined ? this.#heed(rank) : pending.then(() => this.#heed(rank));
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

  show(bytes: Uint8Array | Packet, to?: number): void {
    this.#board.show(this.#sequence, bytes);
    if ("format" in bytes || bytes.byteLength > 0) this.#lends = true;
    if (!this.#board.arrive(this.#sequence, 1)) return;
    this.#board.release(this.#sequence, 1);
    this.#wake(to);
  }

  allShown(): Promise<void> | undefined {
    return this.#until(Until.SHOWN);
  }

  staged(rank: number, offset: number, length: number): Uint8Array | undefined {
    return this.#board.staged(this.#sequence, rank, offset, length);
  }

  shown(rank: number): Packet | undefined {
    return this.#board.shown(this.#sequence, rank);
  }

  fetch(rank: number, phase: 0 | 1, offset: number, into: Uint8Array): void {
    this.#board.fetch(this.#sequence, rank, phase, offset, into);
  }

  /** Somebody, or everybody, may have waited for this. */
  #wake(to: number | undefined): void {
    if (to === undefined) this.#board.wakeAll();
    else if (to !== this.#owner.rank) this.#board.wake(to);
  }

  #leave(): void {
    this.#left = true;
    this.#board.leave(this.#sequence);
  }

  /** The last to come compares what all have called. */
  #agrees(): boolean {
    const { rank, size } = this.#owner;
    for (let other = 0; other < size; other++) {
      if (other === rank || agree(this.#owner, this.#board.identityOf(this.#sequence, other))) continue;
      this.#endpoint.calls.differ(this.#owner.call);
      return false;
    }
    return (this.agreed = true);
  }

  /** A rank has posted: for the same call? If not, the call is rejected some time. */
  #heed(rank: number): Promise<void> | undefined {
    if (agree(this.#owner, this.#board.identityOf(this.#sequence, rank))) return undefined;
    this.#endpoint.calls.differ(this.#owner.call);
    return this.#until(Until.VERDICT);
  }

  /** Waits: at first in the user's call, where that is of use. */
  #until(until: Until, rank = 0): Promise<void> | undefined {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const { patient, sequence } = this.#owner;
    if (this.#board.await(() => isOver(this.#board, sequence, until, rank), patient)) return undefined;
    const { call } = this.#owner;
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const wait = new Wait(this.#board, call, until, rank);
    this.#wait = wait;
    this.#endpoint.meetings.await(wait);
    return wait.promise;
  }

  /** Waits for others to leave: who is last wakes those who have said so. */
  #leaving(until: Until): Promise<void> | undefined {
    this.#board.awaitLeaving(true);
    const done = () => this.#board.awaitLeaving(false);
    const pending = this.#until(until);
    if (pending === undefined) done();
    else pending.then(done, done);
    return pending;
  }
}
