/** What must be the same on every rank that takes part in a call of a collective. */
export interface CallDetails {
  /** As the user passed them; they need not be valid. */
  readonly root?: unknown;
  readonly op?: unknown;
  /** Combined element by element if `op` is: then its type and length must be the same as well. */
  readonly data?: unknown;
  /** Anything else, in words. */
  readonly more?: string;
}

/** Where nothing has to be the same. */
export const NO_DETAILS: CallDetails = {};

const NONE = 0;
/** Texts whose hashes are kept: names of operations and reductions, few in any program. */
const REMEMBERED = 1000;
const hashes = new Map<string, number>();
const plain = new Map<string, Terms>();

/**
 * The terms of a call: two numbers that travel with its messages, and the words for a person. Holds
 * nothing of the user's data.
 */
export class Terms {
  /** Never 0. */
  readonly signature: number;
  /** 0 where ranks may pass different data. */
  readonly shape: number;
  readonly #root: unknown;
  readonly #op: string | undefined;
  readonly #kind: string | undefined;
  readonly #length: number;
  readonly #more: string;

  /** The terms of a call; the same object for all calls of an operation without details. */
  static of(operation: string, details: CallDetails): Terms {
    if (details !== NO_DETAILS) return new Terms(operation, details);
    let terms = plain.get(operation);
    if (terms === undefined) plain.set(operation, (terms = new Terms(operation, details)));
    return terms;
  }

  constructor(
    private readonly operation: string,
    { root, op, data, more = "" }: CallDetails,
  ) {
    this.#root = typeof root === "object" ? typeof root : root;
    this.#op = op === undefined ? undefined : nameOf(op);
    this.#more = more;
    this.#kind = isElementwise(op) ? kindOf(data) : undefined;
    this.#length = this.#kind === undefined ? 0 : lengthOf(data);
    const rootHash = typeof root === "number" ? root + 1 : root === undefined ? NONE : hashOf(String(root));
    let hash = mix(hashOf(operation), rootHash);
    if (this.#op !== undefined) hash = mix(hash, hashOf(this.#op));
    if (more !== "") hash = mix(hash, hashOf(more));
    this.signature = hash === 0 ? 1 : hash;
    this.shape = this.#kind === undefined ? NONE : mix(hashOf(this.#kind), this.#length) || 1;
  }

  /** "reduce of a Float64Array of 3 by SUM with root 0". */
  toString(): string {
    const kind = this.#kind;
    const article = kind !== undefined && /^[AI]/.test(kind) ? "an" : "a";
    const length = this.#length < 0 ? "" : ` of ${this.#length}`;
    return [
      this.operation,
      kind === undefined ? "" : ` of ${article} ${kind}${length}`,
      this.#op === undefined ? "" : ` by ${this.#op}`,
      this.#root === undefined ? "" : ` with root ${String(this.#root)}`,
      this.#more === "" ? "" : ` with ${this.#more}`,
    ].join("");
  }
}

function nameOf(op: unknown): string {
  if (typeof op !== "function" && (typeof op !== "object" || op === null)) return String(op);
  const { name } = op as { name?: unknown };
  return typeof name === "string" && name !== "" ? name : "a function";
}

function isElementwise(op: unknown): boolean {
  return typeof op === "object" && op !== null && (op as { elementwise?: unknown }).elementwise === true;
}

/** The kind of data that is combined; undefined for what a reduction says itself that it cannot take. */
function kindOf(data: unknown): string | undefined {
  if (Array.isArray(data)) return "list";
  if (ArrayBuffer.isView(data)) return (data as unknown as Record<symbol, string>)[Symbol.toStringTag];
  const type = typeof data;
  return type === "number" || type === "bigint" || type === "boolean" ? type : undefined;
}

/** -1 for what has no length of its own. */
function lengthOf(data: unknown): number {
  if (typeof data !== "object") return -1;
  return (data as { length?: number }).length ?? -1;
}

function hashOf(text: string): number {
  let hash = hashes.get(text);
  if (hash !== undefined) return hash;
  hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash >>>= 0;
  if (hashes.size < REMEMBERED) hashes.set(text, hash);
  return hash;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
