import { MPIError } from "@tsmpi/protocol";
import { quote } from "./quote.js";

/** What people write in other languages, and what it is called here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  dst: "dest",
  destination: "dest",
  to: "dest",
  src: "source",
  from: "source",
  buf: "into",
  buffer: "into",
  sendTag: "sendtag",
  recvTag: "recvtag",
  dtype: "into",
};

/** Options that take lists. */
const LISTS: readonly string[] = ["counts", "periods"];

/** The options of a call, for telling a user who got them wrong. */
export class OptionNames {
  readonly #before: string;
  readonly #names: ReadonlySet<string>;
  /** Keys that may be there and say nothing. */
  #idle: readonly string[] = [];

  /**
   * @param before the call up to its options: "bcast(data, "
   * @param names all options; the first is the one that other languages take by its position
   */
  constructor(before: string, ...names: readonly string[]) {
    this.#before = before;
    this.#names = new Set(names);
  }

  /** The same, taking objects made for something else that have these keys as well. */
  besides(...keys: readonly string[]): this {
    this.#idle = keys;
    return this;
  }

  /** Throws ERR_ARG unless `options` is an object with no other keys than these. */
  check(options: unknown): void {
    const isObject = typeof options === "object" && options !== null;
    if (!isObject || ArrayBuffer.isView(options) || Array.isArray(options)) throw this.#noOptions(options);
    for (const key in options) {
      if (!this.#names.has(key) && !this.#idle.includes(key)) throw this.#unknown(key);
    }
  }

  #noOptions(value: unknown): MPIError {
    const [first] = this.#names;
    const isBuffer = ArrayBuffer.isView(value) && this.#names.has("into");
    const isMeant = typeof value === "number" || (Array.isArray(value) && LISTS.includes(first!));
    const example = isBuffer ? "{ into: buffer }" : `{ ${first}: ${isMeant ? quote(value) : "…"} }`;
    return new MPIError(
      "ERR_ARG",
      `${quote(value)} is not an object of options; write ${this.#before}${example})`,
    );
  }

  #unknown(key: string): MPIError {
    const names = [...this.#names];
    const meant = SYNONYMS[key] ?? names.find((name) => distance(name, key.toLowerCase()) <= 2);
    const argument = new RegExp(`\\b${meant}\\b`).test(this.#before);
    const hint =
      meant === undefined || !(argument || this.#names.has(meant))
        ? `the options are ${names.join(", ")}`
        : `did you mean ${meant}?${argument ? ` It is an argument of its own: ${this.#before}…)` : ""}`;
    return new MPIError("ERR_ARG", `there is no option ${JSON.stringify(key)}; ${hint}`);
  }
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    let diagonal = i;
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(diagonal + (letter === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
      diagonal = row[j + 1]!;
    }
    row = next;
  }
  return row[b.length]!;
}
