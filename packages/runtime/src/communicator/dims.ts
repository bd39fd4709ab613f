import { MPIError } from "@tsmpi/protocol";
import { quote } from "../quote.js";
import { listed } from "./counts.js";

/**
 * Distributes a number of ranks over the dimensions of a grid, as evenly as whole numbers allow: the
 * largest side is as small as possible, then the next. Local; give the result to `createCart`.
 *
 * @param nnodes number of ranks to distribute
 * @param dims number of dimensions, or a list of them in which 0 means "choose" and other numbers stay
 * @returns the dimensions; those chosen are in falling order, and the product of all is `nnodes`
 * @throws ERR_DIMS if the given dimensions do not divide `nnodes`, or are not whole numbers
 * @example dimsCreate(12, 2); // [4, 3]
 * @example dimsCreate(12, [0, 2, 0]); // [3, 2, 2]
 * @see MPI 4.1, 8.5.2 (MPI_Dims_create)
 */
export function dimsCreate(nnodes: number, dims: number | ArrayLike<number>): number[] {
  if (!Number.isSafeInteger(nnodes) || nnodes < 1) {
    throw error(`${quote(nnodes)} ranks cannot be distributed; pass a whole number from 1`);
  }
  const partial = typeof dims === "number" ? zeros(dims) : (listed(dims) as number[] | undefined);
  if (partial === undefined) {
    throw error(
      `dims is ${quote(dims)}; pass the number of dimensions, as in dimsCreate(${nnodes}, 2), or a list of them`,
    );
  }
  for (const side of partial) {
    if (!Number.isSafeInteger(side) || side < 0) {
      throw error(`dimension ${quote(side)} is not a whole number from 1, nor 0 for "choose"`);
    }
  }
  const free = partial.filter((side) => side === 0).length;
  const fixed = partial.reduce((product, side) => product * (side || 1), 1);
  if (nnodes % fixed !== 0 || (free === 0 && fixed !== nnodes)) {
    throw error(`dimensions ${show(partial)} do not fit ${nnodes} ranks: ${fixed} given, ${free} to choose`);
  }
  const sides = balance(nnodes / fixed, free, Infinity)!;
  return partial.map((side) => side || sides.shift()!);
}

/** `count` factors of `product` in falling order, none above `most`: first the smallest largest one. */
function balance(product: number, count: number, most: number): number[] | undefined {
  if (count === 0) return product === 1 ? [] : undefined;
  for (const side of divisors(product)) {
    if (side > most) break;
    if (side ** count < product) continue;
    const rest = balance(product / side, count - 1, side);
    if (rest !== undefined) return [side, ...rest];
  }
  return undefined;
}

/** In rising order. */
function divisors(product: number): number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let divisor = 1; divisor * divisor <= product; divisor++) {
    if (product % divisor !== 0) continue;
    small.push(divisor);
    if (divisor * divisor !== product) large.unshift(product / divisor);
  }
  return [...small, ...large];
}

function zeros(count: number): number[] {
  if (Number.isSafeInteger(count) && count >= 0 && count <= 64) return new Array<number>(count).fill(0);
  throw error(`${String(count)} is not a number of dimensions from 0 to 64`);
}

function show(dims: readonly number[]): string {
  return `[${dims.join(", ")}]`;
}

function error(message: string): MPIError {
  return new MPIError("ERR_DIMS", message, { operation: "dimsCreate" });
}
