import { MPIError, type Envelope } from "@tsmpi/protocol";
import { decode, decodeInto } from "../codec/decode.js";
import { ANY_TAG } from "../constants.js";
import type { Shortcut } from "../endpoint/shortcut.js";
import { Request } from "../request/request.js";
import type { Status } from "../status.js";
import type { Members } from "./members.js";
import type { StartReceiveOptions } from "./options.js";
import { isReceiveBuffer } from "./validation.js";

/** The message that a receive gets without being posted; undefined if it has to be, also where an option is not valid. */
export function find(
  shortcut: Shortcut | undefined,
  context: number,
  members: Members,
  { source, tag = ANY_TAG, into }: StartReceiveOptions,
): Envelope | undefined {
  if (shortcut === undefined || source === undefined || !(source >= 0 && source < members.size))
    return undefined;
  if (into !== undefined && !isReceiveBuffer(into)) return undefined;
  return shortcut.find(context, members.worldRankOf(source), tag);
}

/** The value of the message found, which is taken. Throws what its receive fails with. */
export function take(shortcut: Shortcut, found: Envelope, { source, into }: StartReceiveOptions): unknown {
  const packet = { format: found.format, bytes: shortcut.payload(), owned: false };
  try {
    return into === undefined ? decode(packet) : decodeInto(packet, into, source!, found.tag);
  } catch (error) {
    throw error instanceof MPIError ? error.at({ peer: source! }) : error;
  } finally {
    shortcut.take(found);
  }
}

/** What is known of the message found. */
function statusOf({ tag, bytes }: Envelope, source: number): Status {
  return { source, tag, bytes, cancelled: false };
}

/** A receive that has been complete at once, as a request; undefined if it is to be posted. */
export function completed<T>(
  shortcut: Shortcut | undefined,
  context: number,
  members: Members,
  options: StartReceiveOptions,
  rejection: (error: unknown) => Promise<never>,
): Request<T> | undefined {
  const found = find(shortcut, context, members, options);
  if (found === undefined) return undefined;
  const status = () => statusOf(found, options.source!);
  try {
    return new Request<T>({ promise: undefined, value: take(shortcut!, found, options) as T, status });
  } catch (error) {
    return new Request<T>({ promise: rejection(error), status });
  }
}
