import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import type { Packet } from "../codec/packet.js";
import { unlessFailure } from "../collectives/failure.js";
import { registry } from "../request/registry.js";
import { CommunicatorBase, type Method } from "./base.js";
import type { CollectiveCall } from "./collective.js";
import type { Ledger } from "../endpoint/ledger.js";
import type { Group } from "./group.js";
import { Probing } from "./probing.js";
import type { QuickCall } from "./quick.js";
import type { CallDetails } from "./terms.js";
import { inTurn } from "./turns.js";

/** Options of a collective with a root. */
export interface RootOptions {
  /** Default 0; the same on every rank. */
  readonly root?: number;
}

/** The root that is meant; options that are none are found out later. */
export function rootOf(options: RootOptions): number {
  const { root = 0 } = (options as RootOptions | null) ?? {};
  return root;
}

/** What all collectives of a communicator share. */
export abstract class CollectiveBase extends Probing {
  /**
   * @internal Runs one collective on its own channel, and says whose error it is.
   *
   * @param details what must be the same on every rank, besides the operation
   */
  protected collective<T>(
    operation: string,
    method: Method,
    details: CallDetails,
    body: (channel: Channel) => T | Promise<T>,
  ): Promise<T> {
    const ledger = this.quietLedger;
    const quick = ledger === undefined ? undefined : this.quickCall(operation, method, details);
    if (quick !== undefined) return this.#runQuick(quick, ledger!, operation, method, body);
    let call: CollectiveCall | undefined;
    let result: Promise<T>;
    try {
      call = this.call(operation, method, details);
      result = this.#run(call, operation, body);
    } catch (error) {
      result = this.rejection(error, operation, method);
    }
    if (call !== undefined && this.boarding.isDue(call)) this.#board(operation, method, result);
    return result;
  }

  /** @internal The same for members of a group alone, with the user's tag in place of a number. */
  protected among<T>(
    group: Group,
    tag: number,
    method: Method,
    body: (channel: Channel) => Promise<T>,
  ): Promise<T> {
    return this.#run(this.groupCall(group, tag, method), "createGroup", body);
  }

  /** @internal A collective has begun; `ended` follows. */
  protected begun(): void {}

  /** @internal */
  protected ended(): void {}

  /** @internal The values of packets in rank order; this rank's is `own`. */
  protected valuesOf<T>(packets: readonly Packet[], own: T): T[] {
    return packets.map((packet, rank) => {
      unlessFailure(packet);
      return rank === this.rank ? own : (decode(packet) as T);
    });
  }

  /** From here on, if nothing is against it, ranks of one host share memory for their collectives. */
  #board(operation: string, method: Method, before: Promise<unknown>): void {
    const call = () => this.call(operation, method, { more: "memory" }, true);
    const { endpoint, members, context, rank } = this;
    this.boarding.begin(before, call(), call(), { endpoint, members, rank, name: `b${context}` });
  }

  #runQuick<T>(
    quick: QuickCall,
    ledger: Ledger,
    operation: string,
    method: Method,
    body: (channel: Channel) => T | Promise<T>,
  ): Promise<T> {
    try {
      const result = body(quick);
      if (!(result instanceof Promise) && quick.made === undefined) {
        quick.end(ledger);
        return inTurn(result);
      }
      return this.#end(quick.call, operation, result);
    } catch (error) {
      return this.rejection(this.#fail(quick.call, error), operation, method);
    }
  }

  #run<T>(call: CollectiveCall, operation: string, body: (channel: Channel) => T | Promise<T>): Promise<T> {
    let result: T | Promise<T>;
    try {
      result = body(call);
    } catch (error) {
      throw this.#fail(call, error);
    }
    return this.#end(call, operation, result);
  }

  /** The user's call returns. */
  #end<T>(call: CollectiveCall, operation: string, result: T | Promise<T>): Promise<T> {
    if (result instanceof Promise || call.verdict !== undefined) {
      const end = this.#finish(call, operation, result);
      call.returning();
      return end;
    }
    call.close();
    call.returned();
    return inTurn(result);
  }

  /** The user's call returns with an error. */
  #fail(call: CollectiveCall, error: unknown): unknown {
    call.failed();
    call.close();
    call.returning();
    return error;
  }

  async #finish<T>(call: CollectiveCall, operation: string, result: T | Promise<T>): Promise<T> {
    this.begun();
    try {
      const value = await result;
      const { verdict } = call;
      if (verdict !== undefined) await verdict;
      if (registry.keeps && value instanceof CommunicatorBase) registry.noteMaking(value, call.site);
      return value;
    } catch (error) {
      call.failed();
      throw this.explain(call.reason(error), operation, call.site);
    } finally {
      call.close();
      this.ended();
    }
  }
}
