import { ERRORS, MPIError, type ErrorCode } from "@tsmpi/protocol";
import { Format } from "../codec/format.js";
import type { Packet } from "../codec/packet.js";

/**
 * A rank that cannot take part in a collective (its value cannot be encoded, its list has the wrong
 * length) still sends what the others wait for: the error in place of a value. So it reaches every
 * rank that depends on it, nobody hangs, and the communicator stays usable.
 */
export function failurePacket(error: unknown): Packet {
  const code = error instanceof MPIError ? error.code : "ERR_OTHER";
  const text = error instanceof Error ? error.message : String(error);
  // Whoever gets it says its own rank and operation in front.
  const message = text.replace(/^(rank \d+), \w+: /, "on $1: ").replace(/ \[ERR_\w+\]$/, "");
  const bytes = Buffer.from(JSON.stringify({ code, message }));
  return { format: Format.FAILURE, bytes, owned: true };
}

/** True when the packet carries an error in place of a value. */
export function isFailure(packet: Packet): boolean {
  return packet.format === Format.FAILURE;
}

/** The error a packet carries. */
export function failureOf(packet: Packet): MPIError {
  const { code, message } = JSON.parse(Buffer.from(packet.bytes).toString()) as {
    code: string;
    message: string;
  };
  return new MPIError(code in ERRORS ? (code as ErrorCode) : "ERR_OTHER", message);
}

/** What `make` returns, or the error it throws as a packet. */
export function packetOrFailure(make: () => Packet): Packet {
  try {
    return make();
  } catch (error) {
    return failurePacket(error);
  }
}

/** The packet itself; throws the error it carries if it carries one. */
export function unlessFailure(packet: Packet): Packet {
  if (isFailure(packet)) throw failureOf(packet);
  return packet;
}
