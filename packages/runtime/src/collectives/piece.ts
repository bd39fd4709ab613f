import type { MPIError } from "@tsmpi/protocol";
import { Format } from "../codec/format.js";
import type { Packet } from "../codec/packet.js";
import { failureOf, failurePacket } from "./failure.js";

/**
 * A part of a value that is cut. Three doubles in front say of what, so that ranks whose values do not
 * fit notice it: the bytes of the whole, its format, and 1 if an error follows in place of the part.
 */
export interface Piece {
  readonly wholeBytes: number;
  readonly format: number;
  /** The error that travels in place of the part. */
  readonly failure: MPIError | undefined;
  readonly bytes: Uint8Array;
}

/** A multiple of eight: the part is aligned if the packet is. */
export const PIECE_HEADER_BYTES = 24;

/** The packet for a part of a value, or for the error in place of it. Copies the part. */
export function piecePacket(wholeBytes: number, format: number, part: Uint8Array | MPIError): Packet {
  const isFailure = part instanceof Error;
  const data = isFailure ? failurePacket(part).bytes : part;
  const bytes = Buffer.allocUnsafe(PIECE_HEADER_BYTES + data.byteLength);
  bytes.writeDoubleLE(wholeBytes, 0);
  bytes.writeDoubleLE(format, 8);
  bytes.writeDoubleLE(isFailure ? 1 : 0, 16);
  bytes.set(data, PIECE_HEADER_BYTES);
  return { format: Format.PIECE, bytes, owned: true };
}

/** Whether a packet is a part of a value. */
export function isPiece(packet: Packet): boolean {
  return packet.format === Format.PIECE;
}

/** What a packet made by `piecePacket` holds. Its bytes are a view of the packet's. */
export function readPiece({ bytes }: Packet): Piece {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PIECE_HEADER_BYTES);
  const data = bytes.subarray(PIECE_HEADER_BYTES);
  const failed = view.getFloat64(16, true) === 1;
  return {
    wholeBytes: view.getFloat64(0, true),
    format: view.getFloat64(8, true),
    failure: failed ? failureOf({ format: Format.FAILURE, bytes: data, owned: true }) : undefined,
    bytes: data,
  };
}
