import { DISPUTED, TOLD, type Envelope, type MPIError } from "@tsmpi/protocol";
import { CallSites } from "../call-sites.js";
import { UNDEFINED } from "../constants.js";
import { agree, type Call } from "./call.js";
import type { Side } from "./dispute.js";
import type { Failures } from "./failures.js";
import { isNumbered } from "./contexts.js";
import { Hearings } from "./hearings.js";
import type { Inbox } from "./inbox.js";
import { Ledger, type Inquiry } from "./ledger.js";
import type { Wire } from "./wire.js";

/** Calls that are asked about at a time: the oldest, the others wait for them. */
const ASKED_CALLS = 8;

/**
 * Finds out that ranks have made different calls where they should have made the same (SEMANTICS 44).
 *
 * Each message of a collective carries its call's signature, which is compared with this rank's own
 * call of that number. Where no message comes, a rank that has waited for long asks those it waits
 * for what they have called.
 */
export class Calls {
  readonly #ledgers = new Map<number, Ledger>();
  readonly #asked = new WeakMap<Call, Set<number>>();
  readonly #hearings: Hearings;
  /** Where calls were made that were over at once. */
  readonly sites = new CallSites();
  #failed = false;

  constructor(
    private readonly wire: Wire,
    private readonly inbox: Inbox,
    private readonly failures: Failures,
  ) {
    this.#hearings = new Hearings(wire, inbox);
  }

  /** This rank makes a call. */
  open(call: Call): void {
    const { context, sequence } = call;
    const failure = this.failures.any ? this.failures.ofCall(call) : undefined;
    if (failure !== undefined) {
      call.suspend([]);
      call.reject(failure);
      return;
    }
    const ledger = this.#ledger(context);
    const agreed = ledger.begin(call);
    if (ledger.broken !== undefined) {
      call.suspend([]);
      call.reject(ledger.broken);
      return;
    }
    const found = ledger.cases.get(sequence);
    if (found !== undefined) this.#hearings.join(ledger, found, call);
    if (!agreed) this.differ(call);
    for (const inquiry of ledger.takeInquiries(sequence)) this.#compare(ledger, call, inquiry);
  }

  /** Where to note a call of this context that is over at once; undefined if there may be more to say of it. */
  quietLedger(context: number): Ledger | undefined {
    if (this.failures.any || this.disputed) return undefined;
    const ledger = this.#ledgers.get(context);
    return ledger?.isQuiet === true ? ledger : undefined;
  }

  /** While it is doubtful whether calls before this one were the same on all ranks: settles with the answer. */
  doubt(call: Call): Promise<void> | undefined {
    return this.#ledgers.get(call.context)?.doubt?.over;
  }

  /** Why a rank may have left without taking part: earlier calls were different ones. */
  suspicion(call: Call): MPIError | undefined {
    return this.#ledgers.get(call.context)?.suspicion;
  }

  /** A call has failed on this rank, or ranks have made different ones: what was sent for them may be left over by right. */
  get disputed(): boolean {
    return this.#failed || this.#hearings.some;
  }

  /** When nothing is doubtful any more, what nobody could be told because the calls were over. */
  async verdicts(): Promise<string[]> {
    const verdicts = new Set<string>();
    for (const ledger of [...this.#ledgers.values()]) {
      await ledger.doubt?.over.catch(() => {});
      const { suspicion } = ledger;
      if (suspicion !== undefined)
        verdicts.add(suspicion.message.replace(/^rank \d+: | \(in an earlier call\)/g, ""));
    }
    return [...verdicts];
  }

  /** Fails the calls that cannot complete because members have failed or the communicator is revoked. */
  failBroken(): void {
    for (const ledger of this.#ledgers.values()) {
      for (const call of ledger.open.values()) {
        const failure = this.failures.ofCall(call);
        if (failure === undefined) continue;
        const { context, sequence } = call;
        if (!call.suspended) call.suspend(this.inbox.abandon(context, sequence));
        if (!ledger.numbered) this.inbox.revive(context, sequence);
        call.reject(failure);
      }
    }
  }

  /** Its part in the call is over. */
  close(call: Call): void {
    this.#ledgers.get(call.context)?.close(call);
  }

  /** The user of this rank is told that the call has failed. */
  failed(call: Call): void {
    this.#ledger(call.context).failed = true;
    this.#failed = true;
  }

  /** What has been called in this context; undefined: nothing. */
  tally(context: number): Ledger["tally"] | undefined {
    return this.#ledgers.get(context)?.tally;
  }

  /** A message of a collective has arrived, and will be matched afterwards. */
  check(envelope: Envelope): void {
    if (this.#isBroken(envelope.context)) return;
    const ledger = this.#ledger(envelope.context);
    if (!ledger.numbered) return;
    const call = ledger.find(envelope.tag);
    if (call === undefined) ledger.noteEarly(envelope.tag, envelope);
    else if (!agree(call, envelope)) this.differ(call);
  }

  /** A message of another call has come for this one. */
  differ(call: Call): void {
    const ledger = this.#ledger(call.context);
    if (!ledger.cases.has(call.sequence)) this.#hearings.begin(ledger, call.context, call.sequence, call);
  }

  /** A CALL frame has arrived. */
  hear(envelope: Envelope, payload: Uint8Array): void {
    const { context, tag, source, flags, signature, shape } = envelope;
    if (this.#isBroken(context)) return;
    const sides = JSON.parse(Buffer.from(payload).toString()) as Side[];
    const ledger = this.#ledger(context);
    const call = ledger.find(tag);
    if (!ledger.cases.has(tag) && ledger.isSettled(tag, source, sides)) {
      this.inbox.dropFrom(source, context, tag);
      return;
    }
    if ((flags & DISPUTED) === 0) {
      const inquiry = { signature, shape, source, sides };
      if (call === undefined) ledger.keep(tag, inquiry);
      else this.#compare(ledger, call, inquiry);
      return;
    }
    if (call === undefined && !ledger.numbered) {
      // Where the tag is the user's, the next call is another one: what came for this one must not meet it.
      this.inbox.dropFrom(source, context, tag);
      return;
    }
    const found = ledger.cases.get(tag) ?? this.#hearings.begin(ledger, context, tag, call);
    if ((flags & TOLD) !== 0) found.told = true;
    if (found.dispute.add(sides)) this.#hearings.proceed(ledger, found, call);
  }

  /** Asks the ranks that calls under way wait for what they have called, once each. */
  inquire(): void {
    for (const ledger of this.#ledgers.values()) {
      for (const call of [...ledger.open.values()].slice(0, ASKED_CALLS)) {
        if (ledger.cases.has(call.sequence)) continue;
        const { context, sequence } = call;
        const strange = this.inbox.unreceived(context, sequence).some((message) => !agree(call, message));
        if (strange) this.differ(call);
        else this.#ask(ledger, call, [...this.inbox.awaited(context, sequence), ...call.awaited()]);
      }
    }
  }

  /** The context belongs to no communicator any more. */
  retire(context: number): void {
    this.#ledgers.delete(context);
  }

  /** Ranks go on from there each in its own way, and nothing follows from different calls. */
  #isBroken(context: number): boolean {
    return this.failures.any && isNumbered(context) && this.failures.breaks(context);
  }

  #ledger(context: number): Ledger {
    let ledger = this.#ledgers.get(context);
    if (ledger === undefined) this.#ledgers.set(context, (ledger = new Ledger(context)));
    return ledger;
  }

  #ask(ledger: Ledger, call: Call, sources: readonly number[]): void {
    let asked = this.#asked.get(call);
    if (asked === undefined) this.#asked.set(call, (asked = new Set()));
    for (const source of sources) {
      if (source === this.wire.rank || asked.has(source)) continue;
      asked.add(source);
      this.#hearings.ask(ledger, call, source);
    }
  }

  #compare(ledger: Ledger, call: Call, inquiry: Inquiry): void {
    if (agree(call, inquiry) || call.audience.rankOf(inquiry.source) === UNDEFINED) return;
    const { context, sequence } = call;
    const found = ledger.cases.get(sequence) ?? this.#hearings.begin(ledger, context, sequence, call);
    if (found.dispute.add(inquiry.sides)) this.#hearings.proceed(ledger, found, call);
  }
}
