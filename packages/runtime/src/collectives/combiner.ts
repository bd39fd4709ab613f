import { MPIError } from "@tsmpi/protocol";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { Format, rawClassOf } from "../codec/format.js";
import type { Packet } from "../codec/packet.js";
import type { Op } from "../operators/operator.js";
import { elementsOf, type Elements } from "./elements.js";
import { failureOf, failurePacket, isFailure } from "./failure.js";
import { isPiece, readPiece } from "./piece.js";

/**
 * A partial result of a reduction: the combination of a contiguous range of ranks, or the first
 * error met on the way to it. Nothing the user passed in is ever written to.
 */
export class Combiner<T> {
  readonly op: Op<T>;
  /** Undefined while the value is only there as `#packet`. */
  #value: { readonly current: T; readonly writable: boolean } | undefined;
  #packet: Packet | undefined;
  #failure: MPIError | undefined;

  /** Takes this rank's value: objects are copied now, typed arrays are borrowed. */
  constructor(op: Op<T>, value: T) {
    this.op = op;
    try {
      this.#packet = encode(value);
      const mutable = this.#packet.format === Format.CBOR || this.#packet.format === Format.NUMBERS;
      if (!mutable) this.#value = { current: value, writable: false };
    } catch (error) {
      this.#failure = error as MPIError;
    }
  }

  /** A partial result that begins with a packet. */
  static of<T>(op: Op<T>, packet: Packet): Combiner<T> {
    const combiner = new Combiner(op, undefined as T);
    combiner.replacePacket(packet);
    return combiner;
  }

  /** A partial result whose value is in memory of its own. */
  static owning<T>(op: Op<T>, value: T): Combiner<T> {
    const combiner = new Combiner(op, value);
    if (combiner.#failure === undefined) combiner.#value = { current: value, writable: true };
    return combiner;
  }

  /** The error in place of a value, if there is one. */
  get failure(): MPIError | undefined {
    return this.#failure;
  }

  /** The value if it may be combined piece by piece: a typed array under an elementwise operation. */
  elements(): Elements | undefined {
    if (!this.op.elementwise || this.#failure !== undefined) return undefined;
    return this.#value === undefined ? undefined : elementsOf(this.#value.current);
  }

  /** Puts an error in place of the value, unless there is one already. */
  fail(error: MPIError): void {
    this.#failure ??= error;
  }

  /** Joins the range behind this one. */
  appendPacket(packet: Packet): void {
    this.#combine(packet, (own, other) => [own, other]);
  }

  /** Joins the range in front of this one. */
  prependPacket(packet: Packet): void {
    this.#combine(packet, (own, other) => [other, own]);
  }

  /** Joins the partial result of the range behind this one, which is of no more use. Returns this. */
  append(other: Combiner<T>): this {
    this.#failure ??= other.#failure;
    if (this.#failure !== undefined) return this;
    try {
      const own = this.#take();
      const { current, writable } = other.#take();
      const scratch = isTypedArray(current) && writable ? current : scratchFor(own, undefined as T);
      const combined = this.op.combine(own.current, current, scratch);
      const isOurs = combined === own.current ? own.writable : combined !== current || writable;
      this.#value = { current: combined, writable: isOurs };
      this.#packet = undefined;
    } catch (error) {
      this.#failure = operationFailure(this.op, error);
    }
    return this;
  }

  /** Forgets what is here in favour of another partial result. */
  replacePacket(packet: Packet): void {
    this.#failure = isFailure(packet) ? failureOf(packet) : undefined;
    this.#packet = packet;
    this.#value = undefined;
  }

  /** What to send: borrowed memory if the value is a typed array. */
  packet(): Packet {
    if (this.#failure !== undefined) return failurePacket(this.#failure);
    return (this.#packet ??= encode(this.#value!.current));
  }

  /** The value, in memory of its own. Throws the failure if there is one. */
  result(): T {
    this.throwFailure();
    const { current, writable } = this.#take();
    return writable || !isRaw(current) ? current : copyOf(current);
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #take(): { readonly current: T; readonly writable: boolean } {
    return (this.#value ??= { current: decode(this.#packet!) as T, writable: true });
  }

  #combine(packet: Packet, order: (own: T, other: T) => [T, T]): void {
    if (this.#failure === undefined && isFailure(packet)) this.#failure = failureOf(packet);
    if (this.#failure !== undefined) return;
    if (isPiece(packet)) {
      const { failure, wholeBytes } = readPiece(packet);
      return this.fail(failure ?? differingLengths(this.op.name, wholeBytes));
    }
    try {
      const own = this.#take();
      const other = decode(packet) as T;
      const [a, b] = order(own.current, other);
      const current = this.op.combine(a, b, scratchFor(own, other));
      this.#value = { current, writable: current !== own.current || own.writable };
      this.#packet = undefined;
    } catch (error) {
      this.#failure = operationFailure(this.op, error);
    }
  }
}

/** What an operation threw, as an error of ours. */
export function operationFailure(op: { readonly name: string }, error: unknown): MPIError {
  if (error instanceof MPIError) return error;
  return new MPIError("ERR_OP", `the operation "${op.name}" threw ${String(error)}`, { cause: error });
}

/** Where a predefined operation may write its result: memory of ours, never the user's. */
function scratchFor<T>(own: { readonly current: T; readonly writable: boolean }, other: T): T | undefined {
  if (own.writable && isTypedArray(own.current)) return own.current;
  return isTypedArray(other) ? other : undefined;
}

/** One rank sends a value of so many bytes in pieces, the other has one too short for that. */
function differingLengths(name: string, bytes: number): MPIError {
  return new MPIError(
    "ERR_COUNT",
    `${name} cannot combine an array of ${bytes} bytes with another value; every rank must pass the same type and length`,
  );
}

/** Memory of a class of its own: `slice` of a Buffer copies nothing, a DataView has none. */
function isRaw<T>(value: T): boolean {
  return typeof value === "object" && value !== null && rawClassOf(value) !== undefined;
}

function copyOf<T>(value: T): T {
  return decode({ ...encode(value), owned: false }) as T;
}

function isTypedArray<T>(value: T): value is T & Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
