import { CallSite } from "../call-site.js";
import { registry, type Awaitable } from "../request/registry.js";
import { CommunicatorBase, type Method } from "./base.js";

/** What makes a communicator. */
const MAKING: readonly string[] = ["dup", "split", "splitType", "createGroup", "createCart", "sub", "shrink"];

/** What returns a promise to the user; each request has a place in the registry of its own. */
export const PROMISING: readonly string[] = [
  ...["send", "ssend", "recv", "recvWithStatus", "sendrecv", "probe", "iprobe", "mprobe", "improbe"],
  ...["barrier", "bcast", "scatter", "gather", "allgather", "alltoall", "reduce", "allreduce"],
  ...["reduceScatterBlock", "reduceScatter", "scan", "exscan"],
  ...["scatterv", "gatherv", "allgatherv", "alltoallv"],
  ...MAKING,
  ...["free", "agree"],
];

/**
 * The end of an operation, that knows whether anybody has asked for it. `await` asks a promise of another
 * class than Promise by its `then`, as do `catch`, `finally`, `Promise.all` and `return`.
 */
class Asked<T> extends Promise<T> implements Awaitable {
  settled = false;

  /** What follows from it is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.settled = true;
    return super.then(onFulfilled, onRejected);
  }
}

/**
 * From now on promises of operations are noted until somebody asks for their end. Without this call
 * nothing of it is on anybody's way.
 *
 * @param classes whose methods, inherited ones included, are replaced
 */
export function noteUnawaited(...classes: readonly { readonly prototype: object }[]): void {
  for (const { prototype } of classes) {
    let owner = prototype as Record<string, Method>;
    for (; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as Record<string, Method>) {
      for (const name of PROMISING) {
        if (Object.hasOwn(owner, name)) owner[name] = noting(name, owner[name]!);
      }
    }
  }
}

function noting(name: string, method: Method): Method {
  const isMaking = MAKING.includes(name);
  const noted = function (this: unknown, ...args: never[]): unknown {
    const result = method.apply(this, args);
    if (!(result instanceof Promise) || result instanceof Asked) return result;
    const site = isMaking ? new CallSite(noted) : undefined;
    const asked = new Asked<unknown>((resolve, reject) => {
      const done = (value: unknown) => {
        if (site !== undefined && value instanceof CommunicatorBase) registry.noteMaking(value, site);
        resolve(value);
      };
      void result.then(done, reject);
    });
    registry.note(asked, noted, name);
    return asked;
  };
  return noted;
}
