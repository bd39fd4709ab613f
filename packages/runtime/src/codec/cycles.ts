import { members } from "./unsendable.js";

/** The tag of a reference to an earlier value, as it stands in CBOR. Other data may look the same. */
const REFERENCE = Buffer.from([0xd8, 0x1d]);

/**
 * The path of a Map, Set or Error inside `value` that contains itself ("value.get(\"self\") is a Map …"):
 * cbor-x makes those when their contents are there, so an inner reference arrives as something else.
 * Objects and lists may contain themselves.
 *
 * @param bytes the encoded value; only what contains references is searched
 */
export function findLostCycle(value: unknown, bytes: Uint8Array): string | undefined {
  const encoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoded.includes(REFERENCE) ? search(value, "value", new Set(), new Set()) : undefined;
}

function search(value: unknown, path: string, outer: Set<object>, seen: Set<object>): string | undefined {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  if (outer.has(value)) {
    const lost = value instanceof Map || value instanceof Set || value instanceof Error;
    return lost ? `${path} is the ${value.constructor.name} that it is in` : undefined;
  }
  if (seen.has(value)) return undefined;
  seen.add(value);
  outer.add(value);
  for (const [name, item] of members(value)) {
    const found = search(item, path + name, outer, seen);
    if (found !== undefined) return found;
  }
  outer.delete(value);
  return undefined;
}
