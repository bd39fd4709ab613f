import { MPIError } from "@tsmpi/protocol";
import { CallSite } from "../call-site.js";
import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "../collectives/after.js";
import { agree, type Account, type Call } from "../endpoint/call.js";
import { BoardTurn } from "../endpoint/board-turn.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Delivery, PostedReceive } from "../endpoint/operation.js";
import type { Boarding } from "./boarding.js";
import type { Members } from "./members.js";
import { frameOf, placeOf } from "./place.js";
import { hostsOf } from "./placement.js";
import { PacketReceive } from "./receives.js";
import type { Terms } from "./terms.js";

/** What a call of a collective is made of. */
export interface CallParts {
  readonly endpoint: Endpoint;
  /** Who takes part. */
  readonly members: Members;
  /** The communicator in whose numbers people are told. */
  readonly numbering: Members;
  readonly rank: number;
  readonly context: number;
  /** Numbers the calls of a communicator. */
  readonly sequence: number;
  /** Name of the communicator. */
  readonly name: string;
  readonly operation: string;
  /** What the user called. */
  readonly method: (...args: never[]) => unknown;
  readonly terms: Terms;
  /** Of the communicator, if its calls are numbered. */
  readonly boarding: Boarding | undefined;
  /** The user does nothing before it is over, as far as one can see: not so for those that return a request. */
  readonly patient: boolean;
  /** Not called by the user. */
  readonly internal: boolean;
}

/**
 * One call of a collective: the channel of its algorithm, and this rank's word on what it has called.
 * Opened in the user's call; closed when its promise has settled.
 */
export class CollectiveCall implements Channel, Call {
  readonly rank: number;
  readonly size: number;
  readonly hosts: readonly number[] | undefined;
  readonly crowded: boolean;
  readonly context: number;
  readonly sequence: number;
  readonly name: string;
  readonly audience: Members;
  readonly numbering: Members;
  readonly signature: number;
  readonly shape: number;
  /** What the user called, in one word. */
  readonly operation: string;
  readonly #endpoint: Endpoint;
  readonly #method: (...args: never[]) => unknown;
  readonly #terms: Terms;
  #site: CallSite | undefined;
  #hasFailed = false;
  /** It was over at once. */
  #isOver = false;
  /** Sends under way: what makes the algorithm give one up. */
  #sends: ((error: MPIError) => void)[] | undefined;
  /** Once ranks disagree: receives that wait for the verdict. */
  #held: PacketReceive[] | undefined;
  readonly patient: boolean;
  readonly internal: boolean;
  readonly #boarding: Boarding | undefined;
  #turn: BoardTurn | undefined;
  #verdict: Promise<never> | undefined;
  #condemn: ((error: MPIError) => void) | undefined;
  #error: MPIError | undefined;

  constructor(parts: CallParts) {
    const {
      endpoint,
      members,
      numbering,
      rank,
      context,
      sequence,
      name,
      operation,
      method,
      terms,
      boarding,
      patient,
      internal,
    } = parts;
    this.rank = rank;
    this.size = members.size;
    this.hosts = hostsOf(endpoint, members);
    this.crowded = endpoint.surroundings.crowded;
    this.context = context;
    this.sequence = sequence;
    this.name = name;
    this.audience = members;
    this.numbering = numbering;
    this.signature = terms.signature;
    this.shape = terms.shape;
    this.#endpoint = endpoint;
    this.operation = operation;
    this.#method = method;
    this.#terms = terms;
    this.#boarding = boarding;
    this.patient = patient;
    this.internal = internal;
    if (this.size > 1 || endpoint.failures.isRevoked(context)) endpoint.calls.open(this);
  }

  get call(): this {
    return this;
  }

  /** Goes on with a turn that has been begun before there was this call. */
  adopt(turn: BoardTurn): void {
    this.#turn = turn;
    if (this.#error !== undefined) turn.reject(this.#error);
  }

  board(): BoardTurn | undefined | Promise<BoardTurn | undefined> {
    const board = this.#boarding?.boardOf(this.sequence);
    if (board === undefined) return undefined;
    return after(board, (board) => {
      if (board === undefined) return undefined;
      const turn = (this.#turn = new BoardTurn(this.#endpoint, board, this));
      if (this.#error !== undefined) turn.reject(this.#error);
      const entered = turn.entered();
      return entered === undefined ? turn : entered.then(() => turn);
    });
  }

  /** To be called when the user's call returns: everything has been sent by then that can be. */
  returning(): void {
    if (this.size > 1) this.#site ??= new CallSite(this.#method);
  }

  /** The same for a call that is over: `close` has been called. */
  returned(): void {
    if (this.size === 1 || this.#site !== undefined) return;
    const { sites } = this.#endpoint.calls;
    this.#site = sites.record(this.signature, this.#method, this.#turn?.agreed !== true);
    this.#isOver = true;
  }

  close(): void {
    if (this.#turn !== undefined) this.#turn.close(!this.#hasFailed);
    else if (this.#boarding !== undefined) this.#pass(this.#boarding);
    if (this.size > 1) this.#endpoint.calls.close(this);
  }

  get boardsAfter(): number {
    return this.#endpoint.surroundings.boardsAfter;
  }

  /** Where the user called, if that is known. */
  get site(): CallSite | undefined {
    return this.#site;
  }

  /** What the call's result has to wait for, if ranks disagree about this call or those before it. */
  get verdict(): Promise<void> | undefined {
    return this.#verdict ?? (this.size > 1 ? this.#endpoint.calls.doubt(this) : undefined);
  }

  /** The user is told of an error. */
  failed(): void {
    this.#hasFailed = true;
    if (this.size > 1) this.#endpoint.calls.failed(this);
  }

  /** The reason behind an error: that a rank has left may be for what it has been told. */
  reason(error: unknown): unknown {
    if (!(error instanceof MPIError) || error.code !== "ERR_PROC_FAILED") return error;
    return this.#endpoint.calls.suspicion(this)?.at({ cause: error }) ?? error;
  }

  send(dest: number, packet: Packet): Promise<void> | undefined {
    if (this.#verdict !== undefined) return undefined; // nobody listens any more
    const pending = this.#endpoint.send({
      context: this.context,
      dest: this.audience.worldRankOf(dest),
      tag: this.sequence,
      packet,
      operation: this.operation,
      synchronous: false,
      signature: this.signature,
      shape: this.shape,
    });
    return pending === undefined ? undefined : this.#unlessCondemned(pending);
  }

  receive(source: number): Promise<Packet> {
    const receive = new PacketReceive(this, this.operation, this.audience.worldRankOf(source));
    if (this.#error !== undefined) receive.fail(this.#error);
    else if (this.#held !== undefined) this.#held.push(receive);
    else this.#endpoint.receive(this.context, receive);
    return receive.promise;
  }

  /** A receive of this call has got a message: true if it is of this call, too. */
  takes(receive: PacketReceive, delivery: Delivery): boolean {
    if (agree(this, delivery)) return true;
    this.#endpoint.calls.differ(this);
    if (this.#error !== undefined) receive.fail(this.#error);
    else this.#held?.push(receive);
    return false;
  }

  account(): Account {
    if (!this.#isOver) this.#site ??= new CallSite(this.#method);
    return { what: String(this.#terms), place: placeOf(this.#endpoint, this.signature, this.#site) };
  }

  words(): { what: string; frame: string } {
    return { what: String(this.#terms), frame: frameOf(this.#endpoint, this.signature, this.#site) };
  }

  get unsettled(): boolean {
    return this.#endpoint.calls.disputed;
  }

  awaited(): readonly number[] {
    return this.#turn?.awaited() ?? [];
  }

  get suspended(): boolean {
    return this.#verdict !== undefined;
  }

  suspend(held: readonly PostedReceive[]): void {
    this.#held = held as PacketReceive[];
    this.#verdict = new Promise((_, reject) => (this.#condemn = reject));
    this.#verdict.catch(() => {}); // whoever waits for it handles it
  }

  reject(error: MPIError): void {
    this.#error = error;
    this.#turn?.reject(error);
    for (const receive of this.#held ?? []) receive.fail(error);
    for (const giveUp of this.#sends ?? []) giveUp(error);
    this.#condemn?.(error);
  }

  /** All calls leave the board, also those that have done nothing there. */
  #pass(boarding: Boarding): void {
    const board = boarding.boardOf(this.sequence);
    if (board === undefined) return;
    void after(board, (board) => {
      if (board !== undefined) new BoardTurn(this.#endpoint, board, this).pass();
    });
  }

  /** The end of a send, or the verdict: a send that nobody takes must not keep the algorithm. */
  #unlessCondemned(pending: Promise<void>): Promise<void> {
    const end = new Promise<void>((resolve, reject) => {
      pending.then(resolve, reject);
      (this.#sends ??= []).push(reject);
    });
    end.catch(() => {});
    return end;
  }
}
