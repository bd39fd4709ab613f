import type { CallSite } from "../call-site.js";
import type { BoardMaker } from "../board.js";
import type { Unfinished } from "./operation.js";
import type { Wire } from "./wire.js";

/** Waits for other ranks to do something on a board. */
export interface BoardWait {
  readonly context: number;
  readonly tag: number;
  readonly operation: string;
  readonly site: CallSite | undefined;
  /** Its user does nothing before it is over. */
  readonly patient: boolean;
  /** True when it is over. */
  isOver(): boolean;
  /** World ranks that it is up to. */
  missing(): number[];
  /** It is over. Must not throw. */
  end(): void;
  /** It never will be. */
  fail(error: Error): void;
}

/** What this rank waits for on boards, where nothing arrives: it looks. */
export class Meetings {
  #waits: BoardWait[] = [];

  /** @param waiting called with each wait that is not over at once */
  constructor(
    private readonly wire: Wire,
    private readonly waiting: () => void,
  ) {}

  /** What makes boards, if anything does. */
  get boards(): BoardMaker | undefined {
    return this.wire.boards;
  }

  /** Nothing else is waited for than what happens on boards, and nobody has anything to do before. */
  get alone(): boolean {
    return this.#waits.length === this.wire.outstanding && this.#waits.every(({ patient }) => patient);
  }

  /** Its `end` or `fail` may be called before this returns. */
  await(wait: BoardWait): void {
    this.#waits.push(wait);
    this.wire.begin(true);
    if (this.#waits.length > 0) this.waiting();
  }

  /** Ends what is over; true if something was. */
  look(): boolean {
    let found = false;
    for (let i = 0; i < this.#waits.length; i++) {
      const wait = this.#waits[i]!;
      if (!wait.isOver()) continue;
      found = true;
      this.#waits.splice(i--, 1);
      wait.end();
      this.wire.end();
    }
    return found;
  }

  /** Fails every wait for which there is a reason, unless it is over. */
  fail(reasonOf: (wait: BoardWait) => Error | undefined): void {
    if (this.#waits.length === 0) return;
    this.look();
    for (const wait of [...this.#waits]) {
      const reason = reasonOf(wait);
      if (reason !== undefined) this.withdraw(wait, reason);
    }
  }

  /** Fails one wait, if it is one. */
  withdraw(wait: BoardWait, reason: Error): void {
    const index = this.#waits.indexOf(wait);
    if (index < 0) return;
    this.#waits.splice(index, 1);
    wait.fail(reason);
    this.wire.end();
  }

  *unfinished(): Iterable<Unfinished> {
    for (const wait of this.#waits) {
      const { operation, context, site } = wait;
      const [peer, ...others] = wait.missing();
      if (peer !== undefined) yield { operation, peer, others, tag: undefined, context, site, key: wait };
    }
  }
}
