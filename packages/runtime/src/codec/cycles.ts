import { contents } from "./contents.js";

/** The tag of a reference to an earlier value, as it stands in CBOR. Other data may look the same. */
const REFERENCE = Buffer.from([0xd8, 0x1d]);

/**
 * Whether a Map, Set or Error inside `value` contains itself: cbor-x makes those when their contents are
 * there, so an inner reference would arrive as something else. Objects and lists it ties by itself.
 *
 * @param bytes the encoded value; only what contains references is searched
 */
export function losesCycle(value: unknown, bytes: Uint8Array): boolean {
  const encoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!encoded.includes(REFERENCE)) return false;
  const outer = new Set<unknown>();
  const seen = new Set<unknown>();
  const path: { of: object; inside: Iterator<unknown> }[] = [];
  for (let item = value; ;) {
    if (outer.has(item)) {
      if (item instanceof Map || item instanceof Set || item instanceof Error) return true;
    } else if (typeof item === "object" && item !== null && !ArrayBuffer.isView(item) && !seen.has(item)) {
      seen.add(item);
      outer.add(item);
      path.push({ of: item, inside: contents(item)[Symbol.iterator]() });
    }
    let next: IteratorResult<unknown> | undefined;
    while (path.length > 0 && (next = path.at(-1)!.inside.next()).done) outer.delete(path.pop()!.of);
    if (path.length === 0) return false;
    item = next!.value;
  }
}
