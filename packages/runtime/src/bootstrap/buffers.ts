import { CallSite } from "../call-site.js";
import { bytesOf } from "../codec/bytes.js";
import type { Delivery, PostedReceive } from "../endpoint/operation.js";

/** In every element type something that a program hardly goes on with: NaN, -1, or the largest there is. */
const PATTERN = 0xff;
/** Frames between the user's call and the endpoint are among those kept. */
const FRAMES = 12;

/**
 * Arrays that receives are to fill. They belong to their receives until these are complete: whoever reads
 * one before gets nothing of use, and whoever writes to it is found. A message that fits is put in place in a later
 * turn of the event loop, so that it makes no difference whether it had come already.
 */
export class Buffers {
  readonly #guarded = new Map<PostedReceive, () => void>();
  readonly #changed = new Set<string>();

  /** Places of receives whose arrays were written to before they were complete. */
  get changed(): string[] {
    return [...this.#changed];
  }

  /** To be called before a receive is posted. */
  guard(receive: PostedReceive, method: (...args: never[]) => unknown): void {
    if (receive.into === undefined || receive.into.byteLength === 0) return;
    const site = new CallSite(method, FRAMES);
    const memory = bytesOf(receive.into);
    const before = memory.slice();
    memory.fill(PATTERN);
    this.#guarded.set(receive, () => {
      if (restore(memory, before)) return;
      this.#changed.add(site.place);
    });
    const deliver = receive.deliver.bind(receive);
    const fail = receive.fail.bind(receive);
    receive.place = () => undefined;
    receive.deliver = (delivery) => {
      const kept = keep(delivery);
      setImmediate(() => {
        this.release(receive);
        deliver(kept);
      });
    };
    receive.fail = (error) => {
      this.release(receive);
      fail(error);
    };
  }

  /** The receive is over: its array is as it was. */
  release(receive: object): void {
    const release = this.#guarded.get(receive as PostedReceive);
    this.#guarded.delete(receive as PostedReceive);
    release?.();
  }
}

/** What is in memory that will be used for something else. */
function keep(delivery: Delivery): Delivery {
  const { packet } = delivery;
  return { ...delivery, packet: { ...packet, bytes: packet.bytes.slice(), owned: true } };
}

/** What somebody has written meanwhile stays; false if there is such. */
function restore(memory: Uint8Array, before: Uint8Array): boolean {
  let isWhole = true;
  for (let index = 0; index < memory.byteLength; index++) {
    if (memory[index] === PATTERN) memory[index] = before[index]!;
    else isWhole = false;
  }
  return isWhole;
}
