import type { MPIError } from "@tsmpi/protocol";
import { agree, type Call, type Signature } from "./call.js";
import { isNumbered } from "./contexts.js";
import type { Dispute, Side } from "./dispute.js";

/** Calls remembered after they have ended: what arrives late may show that another rank called something else. */
export const REMEMBERED = 8;

/** Agrees with no call. */
const DIFFERENT: Signature = { signature: 0, shape: 0 };

/** A rank's question about a call that this rank has not made yet. */
export interface Inquiry extends Signature {
  readonly source: number;
  readonly sides: readonly Side[];
}

/** Not NodeJS.Timeout: the types that ship must not need those of Node. */
type Timer = ReturnType<typeof setTimeout>;

/** A dispute, and this rank's part in it. */
export interface Case {
  readonly dispute: Dispute;
  /** On some rank the call is under way, and its user will be told. */
  told: boolean;
  /** This rank has said what it has to say about it. */
  decided: boolean;
  timer: Timer | undefined;
  spreading: Timer | undefined;
}

/** What has become of a suspicion about calls that are over. */
export interface Doubt {
  readonly over: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The calls of this rank in one context. */
export class Ledger {
  /** True where calls are numbered; where the user gives the tag, the same number comes again. */
  readonly numbered: boolean;
  readonly open = new Map<number, Call>();
  readonly cases = new Map<number, Case>();
  /** Calls that are over may have been different ones: what ends meanwhile waits for the answer. */
  doubt: Doubt | undefined;
  /** They were, and only other ranks have been told: why one of those may have left. */
  suspicion: MPIError | undefined;
  /** They were, and nobody has been told: the ranks are out of step. */
  broken: MPIError | undefined;
  /** A call has failed on this rank. */
  failed = false;
  /** Hash of the calls so far, in their order; 0: none. */
  #digest = 0;
  /** Number of the next call. */
  #next = 0;
  /** How many were not the user's, and the number of the last that was. */
  #internal = 0;
  #last = -1;
  /** What messages that came before their call say of it. */
  readonly #early = new Map<number, Signature>();
  readonly #recent: (Call | undefined)[] = [];
  readonly #inquiries = new Map<number, Map<number, Inquiry>>();
  /** Where calls are not numbered: how many there were, and which of them each was. */
  #begun = 0;
  readonly #numbers = new WeakMap<Call, number>();
  /** By tag: the last call of each rank about which this rank has rejected one of its own. */
  readonly #settled = new Map<number, Map<number, number>>();

  constructor(context: number) {
    this.numbered = isNumbered(context);
  }

  /** The call with this number, under way or ended not long ago. */
  find(sequence: number): Call | undefined {
    const call = this.open.get(sequence);
    if (call !== undefined || !this.numbered) return call;
    const recent = this.#recent[sequence % REMEMBERED];
    return recent?.sequence === sequence ? recent : undefined;
  }

  /** This rank makes a call: true if all messages that came for it already agree with it. */
  begin(call: Call): boolean {
    const { sequence } = call;
    this.open.set(sequence, call);
    if (!this.numbered) this.#numbers.set(call, ++this.#begun);
    this.#count(call);
    if (this.#early.size === 0) return true;
    const early = this.#early.get(sequence);
    this.#early.delete(sequence);
    return early === undefined || agree(call, early);
  }

  /** This rank has made a call that was over at once. */
  note(call: Call): void {
    this.#count(call);
    this.#recent[call.sequence % REMEMBERED] = call;
  }

  /** No other rank has said anything of a call to come, and nothing is doubtful. */
  get isQuiet(): boolean {
    return (
      this.#early.size === 0 &&
      this.#inquiries.size === 0 &&
      this.cases.size === 0 &&
      this.doubt === undefined &&
      this.broken === undefined
    );
  }

  /** A message has come for a call that this rank has not made yet. */
  noteEarly(sequence: number, { signature, shape }: Signature): void {
    if (sequence < this.#next) return; // a call of long ago
    const early = this.#early.get(sequence);
    if (early === undefined) this.#early.set(sequence, { signature, shape });
    else if (!agree(early, { signature, shape })) this.#early.set(sequence, DIFFERENT);
    else if (early.shape === 0) this.#early.set(sequence, { signature, shape });
  }

  /** Remembers a dispute, and at most `most` of them. */
  addCase(sequence: number, found: Case, most: number): void {
    this.cases.set(sequence, found);
    for (const old of this.cases.keys()) {
      if (this.cases.size <= most) break;
      this.cases.delete(old);
    }
  }

  beginDoubt(): void {
    if (this.doubt !== undefined) return;
    let resolve!: () => void;
    let reject!: (error: Error) => void;
    const over = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    over.catch(() => {}); // nobody may be waiting
    this.doubt = { over, resolve, reject };
  }

  endDoubt(): void {
    const { doubt } = this;
    this.doubt = undefined;
    if (this.broken === undefined) doubt?.resolve();
    else doubt?.reject(this.broken);
  }

  /** Which of this rank's calls it is; 0 where the tag says it. */
  numberOf(call: Call): number {
    return this.#numbers.get(call) ?? 0;
  }

  /** A dispute about a call without a number is over: what still comes of it must not meet the next call. */
  settle(sequence: number, numbers: ReadonlyMap<number, number>): void {
    const settled = this.#settled.get(sequence) ?? new Map<number, number>();
    for (const [rank, number] of numbers) settled.set(rank, Math.max(number, settled.get(rank) ?? 0));
    this.#settled.set(sequence, settled);
  }

  /** What a rank says concerns a call that has been settled. */
  isSettled(sequence: number, source: number, sides: readonly Side[]): boolean {
    const settled = this.#settled.get(sequence)?.get(source);
    if (settled === undefined) return false;
    const side = sides.find(({ ranks }) => ranks.includes(source));
    const number = side?.numbers?.[side.ranks.indexOf(source)];
    return number !== undefined && number <= settled;
  }

  /** What this rank has called so far, for a comparison at the end. */
  get tally(): {
    readonly calls: number;
    readonly digest: number | undefined;
    readonly last: Call | undefined;
  } {
    const isTold = this.failed || this.cases.size > 0;
    return {
      calls: this.#next - this.#internal,
      digest: isTold ? undefined : this.#digest,
      last: this.find(this.#last),
    };
  }

  close(call: Call): void {
    if (this.open.get(call.sequence) === call) this.open.delete(call.sequence);
    if (this.numbered) this.#recent[call.sequence % REMEMBERED] = call;
  }

  /** Keeps a question until the call is made; a newer one of the same rank replaces it. */
  keep(sequence: number, inquiry: Inquiry): void {
    const inquiries = this.#inquiries.get(sequence);
    if (inquiries === undefined) this.#inquiries.set(sequence, new Map([[inquiry.source, inquiry]]));
    else inquiries.set(inquiry.source, inquiry);
  }

  /** The questions about a call that is being made now. */
  takeInquiries(sequence: number): Inquiry[] {
    if (this.#inquiries.size === 0) return [];
    const inquiries = this.#inquiries.get(sequence);
    this.#inquiries.delete(sequence);
    return [...(inquiries?.values() ?? [])];
  }

  #count(call: Call): void {
    this.#next = call.sequence + 1;
    if (call.internal) {
      this.#internal++;
    } else {
      this.#digest = Math.imul(this.#digest ^ call.signature, 0x9e3779b1);
      this.#last = call.sequence;
    }
  }
}
