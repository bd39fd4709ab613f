/** What is directly inside a value as far as it is sent: keys and items of a Map, the cause of an error. */
export function contents(value: object): Iterable<unknown> {
  if (value instanceof Map) return entriesOf(value);
  if (value instanceof Set || Array.isArray(value)) return value as Iterable<unknown>;
  if (value instanceof Error) return "cause" in value ? [value.cause] : [];
  return Object.values(value);
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Iterable<unknown> {
  for (const [key, item] of map) {
    yield key;
    yield item;
  }
}
