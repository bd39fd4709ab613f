import { CallSite } from "../call-site.js";
import { firstContext } from "../endpoint/contexts.js";
import { Endpoint } from "../endpoint/endpoint.js";
import type { Inbound, Posted, PostedProbe, PostedReceive, SendOrder } from "../endpoint/operation.js";
import { unheardErrors } from "../request/unheard.js";
import type { Surroundings } from "../endpoint/surroundings.js";
import type { TransportOpener } from "../transport/transport.js";
import { Buffers } from "./buffers.js";
import type { Account } from "./leftovers.js";
import type { Races } from "./races.js";

/** Frames between the user's call and the endpoint are among those kept. */
const FRAMES = 12;
/** So many places are told apart. */
const MOST = 32;

/**
 * An endpoint that watches what the user sends and receives into, for whoever wants to know at the end. Messages carry the
 * number of the place they were sent from, in a field that only collectives use, so that a rank that does
 * not receive one can name it; and an array must not change before its memory is free.
 */
export class CheckedEndpoint extends Endpoint {
  readonly #numbers = new Map<string, number>();
  readonly #changes = new Set<string>();
  readonly #buffers = new Buffers();

  /** @param races undefined: nobody wants to know of them */
  constructor(
    rank: number,
    size: number,
    opener: TransportOpener | undefined,
    surroundings: Surroundings,
    private readonly races: Races | undefined,
  ) {
    super(rank, size, opener, surroundings, races?.newMatcher);
    races?.watch(this);
  }

  /** Every receive is posted. */
  override get shortcut(): undefined {
    return undefined;
  }

  override receive(context: number, receive: PostedReceive): void {
    this.races?.note(receive, this.receive);
    this.#buffers.guard(receive, this.receive);
    super.receive(context, receive);
  }

  override open(message: Inbound, receive: PostedReceive): void {
    this.#buffers.guard(receive, this.open);
    super.open(message, receive);
  }

  override cancel(context: number, posted: Posted): boolean {
    const isCancelled = super.cancel(context, posted);
    if (isCancelled) this.#buffers.release(posted);
    return isCancelled;
  }

  override probe(context: number, probe: PostedProbe): void {
    this.races?.note(probe, this.probe);
    super.probe(context, probe);
  }

  override send(order: SendOrder): Promise<void> | undefined {
    if (order.context !== firstContext(order.context)) return super.send(order);
    const { place } = new CallSite(this.send, FRAMES);
    const { bytes, owned } = order.packet;
    order.shape = this.#number(place);
    const pending = super.send(order);
    if (pending === undefined || owned) return pending;
    const before = digest(bytes);
    return pending.then(() => {
      if (digest(bytes) !== before) this.#changes.add(place);
    });
  }

  /** What this rank knows for the end, with these faults. */
  account(faults: readonly string[]): Account {
    return { places: [...this.#numbers.keys()], faults, races: this.races?.found };
  }

  /** What has gone wrong and nobody was told of, in words. */
  async faults(): Promise<string[]> {
    return [...this.changes(), ...(await this.calls.verdicts())];
  }

  /** Those of them that are known at once. */
  changes(): string[] {
    const sent = "was changed before its memory was free: await the send, or wait for its request";
    const received = "was changed before the receive was complete: await it, or wait for its request";
    return [
      ...[...this.#changes].map((place) => `the array that rank ${this.rank} sent at ${place} ${sent}`),
      ...this.#buffers.changed.map(
        (place) => `the array that rank ${this.rank} receives into at ${place} ${received}`,
      ),
      ...unheardErrors().map((error) => `nobody has asked for the error of a request: ${messageOf(error)}`),
    ];
  }

  #number(place: string): number {
    const known = this.#numbers.get(place);
    if (known !== undefined || place === "" || this.#numbers.size === MOST) return known ?? 0;
    this.#numbers.set(place, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function digest(bytes: Uint8Array): string {
  // Loaded here, not at import: every rank would pay for it.
  return process.getBuiltinModule("node:crypto").createHash("sha1").update(bytes).digest("hex");
}
