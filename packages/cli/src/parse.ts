/** Words to options, by the parser of yargs: yargs itself takes six times as long to load, more than Node does. */
import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "@tsmpi/launcher";
import parse from "yargs-parser";
import { foreignHint } from "./foreign.js";
import { OPTIONS, dashed, type OptionRow } from "./options.js";
import { suggest } from "./suggest.js";
import { normalizeWord } from "./words.js";

/** One program's command line, as text; `values` by the option's first name. */
export interface ParsedCommand {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
  readonly words: readonly string[];
}

const ROWS: readonly OptionRow[] = OPTIONS;

/** Our options as the parser wants to know them. */
const GRAMMAR: parse.Options = {
  alias: Object.fromEntries(ROWS.map(({ names: [name, ...others] }) => [name!, others])),
  boolean: ROWS.filter(({ values }) => values.length === 0).map(({ names }) => names[0]!),
  string: ROWS.filter(({ values }) => values.length > 0).map(({ names }) => names[0]!),
  narg: Object.fromEntries(
    ROWS.filter(({ values }) => values.length > 0).map(({ names, values }) => [names[0]!, values.length]),
  ),
  configuration: {
    "halt-at-non-option": true,
    "camel-case-expansion": false,
    "boolean-negation": false,
    "dot-notation": false,
    "parse-numbers": false,
    "parse-positional-numbers": false,
    "strip-aliased": true,
  },
};

/** Parses one program's command line. Throws a LaunchProblem (usage) about the first mistake. */
export function parseCommand(argv: readonly string[]): ParsedCommand {
  const { argv: parsed, error } = parse.detailed(optionWords(argv), GRAMMAR) as parse.DetailedArguments;
  if (error !== null) throw usage(error.message);
  const values = new Map<string, readonly string[]>();
  const switches = new Set<string>();
  const known = new Set<string>(OPTIONS.map(({ names }) => names[0]!));
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_") continue;
    if (!known.has(name)) throw usage(unknownOption(dashed(name)));
    if (value === undefined) continue;
    if (typeof value === "boolean") {
      if (value) switches.add(name);
    } else values.set(name, [value].flat().map(String));
  }
  for (const row of ROWS) checkCount(row, values);
  return { values, switches, words: parsed._.map(String) };
}

/** Only our own words are respelt: what comes after the first that is none belongs to the program. */
function optionWords(argv: readonly string[]): string[] {
  const takes = new Map(
    ROWS.flatMap(({ names, values }) =>
      names.flatMap((name) => [dashed(name), `--${name}`].map((word) => [word, values.length] as const)),
    ),
  );
  const dashes = new Set(ROWS.flatMap((row) => (row.dashes ? row.names.map(dashed) : [])));
  const words: string[] = [];
  let index = 0;
  const known = (word: string) => takes.has(word.replace(/=.*$/, ""));
  const refuseMissing = (name: string, given: readonly string[]) => {
    const wanted = takes.get(name) ?? 0;
    const other = dashes.has(name) ? undefined : given.find(isNoValue);
    if (other !== undefined || given.length < wanted) throw usage(needsValue(name, wanted, other));
  };
  while (index < argv.length && argv[index]!.startsWith("-") && argv[index] !== "--") {
    const word = normalizeWord(argv[index]!);
    if (!known(word)) refuseForeign(word);
    const [, name = ""] = /^([^=]+)=/.exec(word) ?? [];
    if (takes.get(name) === 0) throw usage(`${word}: ${name} takes no value`);
    if (word === `${name}=`) refuseMissing(name, []);
    const [, long = "", number = ""] = /^(-.*?[^\d-])(\d+)$/.exec(word) ?? [];
    if (takes.has(normalizeWord(long)) && long.length > 2)
      throw usage(`unknown option ${word}: write ${long} ${number}`);
    const [, letter = "", rest = ""] = /^(-[A-Za-z])=?([^=].*)$/.exec(word) ?? [];
    // Letters are joined as far as they are switches; the first that is none takes the rest.
    const letters = [letter, ...[...rest].map((one) => `-${one}`)];
    const stranger = letters.find((one) => takes.get(one) !== 0);
    if (letter !== "" && !known(word) && stranger !== undefined && !takes.has(stranger))
      throw usage(unknownOption(word));
    if ((takes.get(letter) ?? 0) > 0) {
      words.push(letter, rest); // `-n4`: the parser would read `-n4x` as three letters
      index++;
      continue;
    }
    const given = takes.get(word) ?? 0;
    const values = argv.slice(index + 1, index + 1 + given);
    refuseMissing(word, values);
    // The parser would take the value for an option.
    if (values[0]?.startsWith("-") && dashes.has(word)) words.push(`${word}=${values[0]}`);
    else words.push(word, ...values);
    index += 1 + given;
  }
  const rest = argv.slice(argv[index] === "--" ? index + 1 : index);
  // The parser would take a program called `true` for the value of a switch before it.
  return [...words, "--", ...rest];
}

function checkCount({ names, values, repeats }: OptionRow, parsed: ParsedCommand["values"]): void {
  const given = parsed.get(names[0]!);
  if (given === undefined || repeats || given.length <= values.length) return;
  throw usage(`${dashed(names[0]!)} is given more than once: ${given.join(" and ")}`);
}

/** Says what does here what an option of another launcher does there. */
function refuseForeign(word: string): void {
  const hint = foreignHint(word);
  if (hint !== undefined) throw usage(`unknown option ${word.replace(/=.*$/, "")}: ${hint}`);
}

/** What looks like an option and stands where a value is expected; a number does not. */
function isNoValue(word: string): boolean {
  return /^-[^\d.]/.test(word);
}

/** `name` as it was typed, perhaps with an option in the place of its value. */
function needsValue(name: string, count: number, other: string | undefined): string {
  const row = ROWS.find(({ names }) => names.includes(name.replace(/^--?/, "")))!;
  const values = count === 1 ? "a value" : `${count} values`;
  const why = other === undefined ? "" : `, and ${other} is an option`;
  return `${name} needs ${values}${why}: ${[name, ...row.values].join(" ")}`;
}

function unknownOption(word: string): string {
  if (/^-[^-]$/.test(word)) return `unknown option ${word}: see tsmpirun --help`; // near to many
  const all = OPTIONS.flatMap(({ names }) => names.map(dashed));
  const similar = suggest(
    word.replace(/^-?-?/, "--"),
    all.filter((option) => option.startsWith("--")),
  );
  const help = similar === undefined ? "see tsmpirun --help" : `did you mean ${similar}?`;
  return `unknown option ${word}: ${help}`;
}

/** A mistake on the command line. */
export function usage(message: string): LaunchProblem {
  return new LaunchProblem(EXIT.usage, message);
}
