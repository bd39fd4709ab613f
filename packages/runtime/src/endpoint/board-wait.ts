import type { CallSite } from "../call-site.js";
import type { Board } from "../board.js";
import type { Call } from "./call.js";
import type { BoardWait } from "./meetings.js";

/** A call, as the board needs to know it. */
export interface TurnCall extends Call {
  readonly rank: number;
  readonly size: number;
  readonly operation: string;
  readonly site: CallSite | undefined;
  readonly patient: boolean;
}

/** Who has a turn on a board: a call, or what becomes one if anybody has to know of it before it is over. */
export interface TurnOwner {
  readonly rank: number;
  readonly size: number;
  readonly sequence: number;
  readonly signature: number;
  readonly shape: number;
  /** Its user does nothing before it is over. */
  readonly patient: boolean;
  /** The call, for those that wait or differ. */
  readonly call: TurnCall;
}

/** What a call can wait for on a board. */
export const enum Until {
  FREE,
  RELEASED,
  POSTED,
  SHOWN,
  LEFT,
  /** It will be rejected. */
  VERDICT,
}

/** Whether that has come about. */
export function isOver(board: Board, sequence: number, until: Until, rank: number): boolean {
  switch (until) {
    case Until.FREE:
      return board.isFree(sequence);
    case Until.RELEASED:
      return board.isReleased(sequence, 0);
    case Until.POSTED:
      return board.isPosted(sequence, rank);
    case Until.SHOWN:
      return board.isReleased(sequence, 1);
    case Until.LEFT:
      return board.haveAllLeft(sequence);
    case Until.VERDICT:
      return false;
  }
}

/** A call's wait, in promises. */
export class Wait implements BoardWait {
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

  get patient(): boolean {
    return this.#call.patient;
  }

  isOver(): boolean {
    return isOver(this.#board, this.#call.sequence, this.#until, this.#rank);
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
