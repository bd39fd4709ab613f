import { usage } from "./parse.js";

/** A whole number from `least` on, or a usage error that names option, value and what would do. */
export function wholeNumber(option: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw usage(`${option} ${text}: expected a whole number, ${least} or more`);
}

/** A number of seconds, or a usage error. */
export function seconds(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0 && value <= 2_000_000) return value;
  throw usage(`${option} ${text}: expected a number of seconds`);
}
