/** The memory of a typed array, DataView, Buffer or ArrayBuffer as bytes; nothing is copied. */
export function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
