/**
 * Values in which a Map, Set or Error contains itself, as a list of nodes that name each other by their
 * place in it: cbor-x carries the list, and the knot is tied again from it. The first node is the value.
 */
import { contents } from "./contents.js";

/** A part of a node: the place of another node, or a value as cbor-x carries it, in a list of one. */
type Part = number | [unknown];

/** Parts by kind: of a Map keys and items in turn, of an object its values, in the order of `names`. */
type Node =
  | [kind: "map" | "set" | "list", parts: Part[]]
  | [kind: "object", parts: Part[], names: string[]]
  | [kind: "error", parts: Part[], names: [className: string, name: string, message: string]];

/** A knotted value on its way. */
export class Knot {
  constructor(readonly nodes: readonly Node[]) {}
}

/** The nodes of a value. */
export function untie(value: object): Knot {
  const places = new Map<unknown, number>();
  const found: object[] = [];
  const part = (item: unknown): Part => {
    const known = places.get(item);
    if (known !== undefined) return known;
    if (!hasParts(item)) return [item];
    places.set(item, found.length);
    return found.push(item) - 1;
  };
  part(value);
  const nodes: Node[] = [];
  // Grows while it is walked: a node's parts are found after it.
  for (const item of found) nodes.push(nodeOf(item, part));
  return new Knot(nodes);
}

/** What cbor-x carries without looking into it. */
const WHOLE = [Date, RegExp, ArrayBuffer, SharedArrayBuffer, Number, String, Boolean];

/** Whether a value becomes a node; what has a toJSON is carried as that says. */
function hasParts(item: unknown): item is object {
  if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return false;
  return !("toJSON" in item) && !WHOLE.some((Class) => item instanceof Class);
}

function nodeOf(item: object, part: (item: unknown) => Part): Node {
  const parts = Array.from(contents(item), part);
  if (item instanceof Map) return ["map", parts];
  if (item instanceof Set) return ["set", parts];
  if (Array.isArray(item)) return ["list", parts];
  if (item instanceof Error) return ["error", parts, [item.constructor.name, item.name, item.message]];
  return ["object", parts, Object.keys(item)];
}

/** The value of nodes, tied as it was. `makeError` makes an error without its cause. */
export function tie(
  { nodes }: Knot,
  makeError: (className: string, name: string, message: string) => Error,
): unknown {
  const values = nodes.map((node) => {
    switch (node[0]) {
      case "map":
        return new Map<unknown, unknown>();
      case "set":
        return new Set<unknown>();
      case "list":
        return [] as unknown[];
      case "error":
        return makeError(...node[2]);
      case "object":
        return {};
    }
  });
  for (const [place, [, parts, names]] of nodes.entries()) {
    const value = values[place]!;
    const items = parts.map((part) => (typeof part === "number" ? values[part] : part[0]));
    if (value instanceof Map) for (let i = 0; i < items.length; i += 2) value.set(items[i], items[i + 1]);
    else if (value instanceof Set) for (const item of items) value.add(item);
    else if (Array.isArray(value)) for (const item of items) value.push(item);
    else if (value instanceof Error) for (const cause of items) defineHidden(value, "cause", cause);
    else
      names!.forEach(
        (name, i) =>
          ((value as Record<string, unknown>)[name === "__proto__" ? "__proto_" : name] = items[i]),
      );
  }
  return values[0];
}

/** Gives an object a property as the language gives errors theirs: not enumerable. */
export function defineHidden(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
}
