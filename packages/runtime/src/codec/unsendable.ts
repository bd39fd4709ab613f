import { quote } from "../quote.js";

/** Finds what cannot be sent inside a value, to name it by its path. */

/**
 * The path of the first function, symbol or object bound to this process inside `value`
 * ("value.options.onDone is a function"), or undefined when there is none.
 */
export function findUnsendable(value: unknown): string | undefined {
  return search(value, "value", new Set());
}

/**
 * What `toJSON` does in classes whose instances mean nothing in another process (communicators,
 * requests): the encoder calls it.
 */
export function processBound(): never {
  throw new ProcessBoundError(
    "communicators, requests and message handles mean nothing in another process: they have no JSON, and cannot be sent",
  );
}

class ProcessBoundError extends TypeError {}

function isProcessBound(value: object): boolean {
  if ([Promise, WeakMap, WeakSet, WeakRef].some((Class) => value instanceof Class)) return true;
  if (!("toJSON" in value) || typeof value.toJSON !== "function") return false;
  try {
    value.toJSON();
    return false;
  } catch (error) {
    return error instanceof ProcessBoundError;
  }
}

function search(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (typeof value === "function") return `${path} is a function`;
  if (typeof value === "symbol") return `${path} is a symbol`;
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  if ("combine" in value && typeof value.combine === "function") return `${path} is ${quote(value)}`;
  if (isProcessBound(value)) return `${path} is a ${value.constructor.name}`;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return undefined;
  for (const [name, item] of members(value)) {
    const found = search(item, path + name, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is inside a value, each with the way there. */
export function* members(value: object): Iterable<[string, unknown]> {
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [".keys()", key];
      yield [`.get(${typeof key === "string" ? JSON.stringify(key) : String(key as number)})`, item];
    }
  } else if (value instanceof Set) {
    for (const item of value) yield [".values()", item];
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield [`[${index}]`, item];
  } else {
    if (value instanceof Error && "cause" in value) yield [".cause", value.cause];
    for (const [key, item] of Object.entries(value)) {
      yield [/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, item];
    }
  }
}
