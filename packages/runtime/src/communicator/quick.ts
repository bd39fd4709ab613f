import type { Board } from "../board.js";
import type { CallSite } from "../call-site.js";
import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { BoardTurn } from "../endpoint/board-turn.js";
import type { Account, Call } from "../endpoint/call.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Ledger } from "../endpoint/ledger.js";
import type { TurnOwner } from "../endpoint/board-wait.js";
import type { CollectiveCall } from "./collective.js";
import type { Members } from "./members.js";
import { frameOf, placeOf } from "./place.js";
import type { Terms } from "./terms.js";

type Method = (...args: never[]) => unknown;

/** What all quick calls of a communicator have in common. */
export interface QuickBase {
  readonly endpoint: Endpoint;
  readonly members: Members;
  readonly rank: number;
  /** That of collectives. */
  readonly context: number;
  /** Name of the communicator. */
  nameOf(): string;
  /** An ordinary call like this. */
  make(call: QuickCall): CollectiveCall;
}

/**
 * One call of a collective that may be over at once, on a board: then nobody has to know of it but for a dispute.
 * As soon as it has to wait, ranks differ, or messages are needed, it becomes an ordinary call. Otherwise it is used
 * again for a later one.
 */
export class QuickCall implements Channel, Call, TurnOwner {
  readonly hosts = undefined;
  readonly unsettled = false;
  readonly internal = false;
  readonly suspended = false;
  readonly rank: number;
  readonly size: number;
  readonly crowded: boolean;
  sequence = 0;
  signature = 0;
  shape = 0;
  patient = true;
  operation = "";
  method!: Method;
  terms!: Terms;
  readonly #base: QuickBase;
  readonly #turn: BoardTurn;
  #isAsked = false;
  #made: CollectiveCall | undefined;
  #site: CallSite | undefined;

  constructor(base: QuickBase, board: Board) {
    this.rank = base.rank;
    this.size = base.members.size;
    this.crowded = base.endpoint.surroundings.crowded;
    this.#base = base;
    this.#turn = new BoardTurn(base.endpoint, board, this);
  }

  /** Begins a call; the board must be free for it. */
  begin(sequence: number, operation: string, method: Method, terms: Terms, patient: boolean): this {
    this.sequence = sequence;
    this.operation = operation;
    this.method = method;
    this.terms = terms;
    this.signature = terms.signature;
    this.shape = terms.shape;
    this.patient = patient;
    this.#isAsked = false;
    this.#turn.renew();
    return this;
  }

  /** The ordinary call that it has become, if it has. */
  get made(): CollectiveCall | undefined {
    return this.#made;
  }

  /** Becomes an ordinary call. */
  get call(): CollectiveCall {
    if (this.#made === undefined) {
      this.#made = this.#base.make(this);
      if (this.#isAsked) this.#made.adopt(this.#turn);
    }
    return this.#made;
  }

  /** It is over, and the user's call returns. */
  end(ledger: Ledger): void {
    this.#turn.close(true);
    ledger.note(this);
    const { sites } = this.#base.endpoint.calls;
    this.#site = sites.record(this.signature, this.method, !this.#turn.agreed);
  }

  board(): BoardTurn {
    this.#isAsked = true;
    return this.#turn;
  }

  send(dest: number, packet: Packet): Promise<void> | undefined {
    return this.call.send(dest, packet);
  }

  receive(source: number): Promise<Packet> {
    return this.call.receive(source);
  }

  get context(): number {
    return this.#base.context;
  }

  get audience(): Members {
    return this.#base.members;
  }

  get numbering(): Members {
    return this.#base.members;
  }

  get name(): string {
    return this.#base.nameOf();
  }

  account(): Account {
    return { what: String(this.terms), place: placeOf(this.#base.endpoint, this.signature, this.#site) };
  }

  words(): { what: string; frame: string } {
    return { what: String(this.terms), frame: frameOf(this.#base.endpoint, this.signature, this.#site) };
  }

  /** As a call that is over, it waits for nothing. */
  suspend(): void {}

  reject(): void {}

  awaited(): readonly number[] {
    return [];
  }
}
