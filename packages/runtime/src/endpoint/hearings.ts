import { DISPUTED, Kind, MPIError, TOLD } from "@tsmpi/protocol";
import { worldRanks } from "./audience.js";
import type { Call } from "./call.js";
import { Dispute, describeDispute, type Side } from "./dispute.js";
import type { Inbox } from "./inbox.js";
import type { Case, Ledger } from "./ledger.js";
import type { Wire } from "./wire.js";

/**
 * How long a verdict waits for ranks that have not said what they called. Some may still compute, or start: where
 * processes share cores those come seconds after the first.
 */
const HEARING_MS = 2000;
/** News is passed on together with what comes within this time. */
const SPREADING_MS = 5;
/** Up to this size everybody tells everybody; beyond it news goes round by powers of two. */
const SMALL = 8;
/** Disputes of one communicator that are remembered. */
const REMEMBERED = 100;

/**
 * What ranks do when they have made different calls where they should have made the same. Whoever
 * notices tells the others; each adds its own account, passes on what is news to it, and rejects its
 * call when it has heard of all ranks, or when it has waited for long enough. If the call is over on
 * every rank, those that follow it are rejected.
 */
export class Hearings {
  /** There has been a dispute. */
  some = false;

  constructor(
    private readonly wire: Wire,
    private readonly inbox: Inbox,
  ) {}

  /** @param call undefined as long as this rank has not made it */
  begin(ledger: Ledger, context: number, sequence: number, call: Call | undefined): Case {
    const found: Case = {
      dispute: new Dispute(),
      told: false,
      decided: false,
      timer: undefined,
      spreading: undefined,
    };
    ledger.addCase(sequence, found, REMEMBERED);
    this.some = true;
    if (call === undefined) this.inbox.abandon(context, sequence);
    else this.join(ledger, found, call);
    return found;
  }

  /** This rank has made the call in question. */
  join(ledger: Ledger, found: Case, call: Call): void {
    found.dispute.add([this.#own(ledger, call)]);
    const held = this.inbox.abandon(call.context, call.sequence);
    if (ledger.open.get(call.sequence) === call) {
      found.told = true;
      call.suspend(held);
    } else {
      ledger.beginDoubt();
    }
    this.wire.begin(); // hears what the others say
    found.timer = setTimeout(() => this.#decide(ledger, found, call), HEARING_MS);
    this.proceed(ledger, found, call);
  }

  /** There is news. */
  proceed(ledger: Ledger, found: Case, call: Call | undefined): void {
    if (call === undefined) return;
    const complete = worldRanks(call.audience).every((rank) => found.dispute.knows(rank));
    if (complete) this.#decide(ledger, found, call);
    else found.spreading ??= setTimeout(() => this.#spread(found, call), SPREADING_MS);
  }

  /** Asks a rank whether it has made the same call; it answers only if not. */
  ask(ledger: Ledger, call: Call, dest: number): void {
    this.#send(dest, 0, [this.#own(ledger, call)], call);
  }

  /** Tells other ranks all that is known. */
  #spread(found: Case, call: Call): void {
    clearTimeout(found.spreading);
    found.spreading = undefined;
    const { audience } = call;
    const flags = DISPUTED | (found.told ? TOLD : 0);
    for (const rank of neighbours(audience.rankOf(this.wire.rank), audience.size)) {
      this.#send(audience.worldRankOf(rank), flags, found.dispute.sides, call);
    }
  }

  /** The verdict: what has been heard by now is all that will be told. */
  #decide(ledger: Ledger, found: Case, call: Call): void {
    this.#spread(found, call);
    if (found.decided) return;
    found.decided = true;
    clearTimeout(found.timer);
    const { context, sequence } = call;
    if (ledger.open.get(sequence) === call) call.reject(this.#verdict(found, call));
    else this.#resolveDoubt(ledger, found, call);
    if (!ledger.numbered) {
      ledger.cases.delete(sequence);
      ledger.settle(sequence, found.dispute.numbers);
      this.inbox.revive(context, sequence);
    }
    this.wire.end();
  }

  /** If no user will be told by the call itself, the calls after it have to tell. */
  #resolveDoubt(ledger: Ledger, found: Case, call: Call): void {
    const error = this.#verdict(found, call, true);
    ledger.suspicion = error;
    if (!found.told) {
      ledger.broken = error;
      for (const later of ledger.open.values()) {
        later.suspend(this.inbox.abandon(later.context, later.sequence));
        later.reject(error);
      }
    }
    ledger.endDoubt();
  }

  #verdict({ dispute }: Case, { audience, numbering, name }: Call, late = false): MPIError {
    const rankOf = (worldRank: number) => numbering.rankOf(worldRank);
    const sides = dispute.sides.map((side) => ({ ...side, ranks: side.ranks.map(rankOf) }));
    const silent = worldRanks(audience).filter((rank) => !dispute.knows(rank));
    const rank = rankOf(this.wire.rank);
    const peer = sides.find(({ ranks }) => !ranks.includes(rank))?.ranks[0];
    const text = describeDispute(sides, silent.map(rankOf), name, late);
    return new MPIError("ERR_COLLECTIVE", text, { rank, peer });
  }

  #own(ledger: Ledger, call: Call): Side {
    return { ...call.account(), ranks: [this.wire.rank], numbers: [ledger.numberOf(call)] };
  }

  #send(dest: number, flags: number, sides: readonly Side[], call: Call): void {
    const { context, sequence, signature, shape } = call;
    const text = Buffer.from(JSON.stringify(sides));
    const peer = this.wire.peer(dest);
    const { CALL } = Kind;
    peer.noteIdle();
    this.wire.transmit(peer, text, CALL, 0, flags, context, sequence, 0, text.byteLength, signature, shape);
  }
}

/** Whom a rank tells: from everybody news reaches everybody in at most log2(size) steps. */
function neighbours(rank: number, size: number): Set<number> {
  const ranks = new Set<number>();
  if (size <= SMALL) for (let other = 0; other < size; other++) ranks.add(other);
  for (let distance = 1; distance < size; distance *= 2) {
    ranks.add((rank + distance) % size);
    ranks.add((rank - distance + size) % size);
  }
  ranks.delete(rank);
  return ranks;
}
