/** Writes docs/api.md from the docstrings of the declaration file that ships: `npm run docs`. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readDeclarations, type Declared } from "../package/declarations.js";
import { ROOT } from "../support/paths.js";

export const PAGE = resolve(ROOT, "docs/api.md");

/** Chapters, by names or by the owner of members; a member that a chapter has named is not in a later one. */
const CHAPTERS: readonly (readonly [title: string, names: readonly (string | RegExp)[]])[] = [
  ["Environment", ["world", "self", "wtime", "processorName", "localRank", "localSize", "initialized", "finalized", "finalize"]],
  ["Constants", ["ANY_SOURCE", "ANY_TAG", "PROC_NULL", "UNDEFINED", "TAG_UB"]],
  ["Operations", [/^[A-Z_]{2,}$/, "createOp", "Op", /^Op\./, "OpLike"]],
  ["Communicator", [/^Communicator(\.(rank|size|name|group|compare|abort|free|\[.*))?$/]],
  ["Point to point", [/^Communicator\.(s?send|i?s?send|i?recv|recvWithStatus|sendrecv)$/, "Received", /^Received\./, "Status", /^Status\./]],
  ["Probes", [/^Communicator\.(i?m?probe|messages)$/, "Message", /^Message\./]],
  ["Requests", ["Request", /^Request\./, "Completion", /^Completion\./]],
  ["Making communicators", [/^Communicator\.(dup|split|splitType|createGroup|createCart)$/]],
  ["Collectives", [/^Communicator\.[^i]/]],
  ["Nonblocking collectives", [/^Communicator\.i/]],
  ["Grids", ["CartCommunicator", /^CartCommunicator\.(dims|periods|coords|coordsOf|rankOf|shift|sub)$/, "dimsCreate"]],
  ["Groups", ["Group", /^Group\./]],
  ["Errors", ["MPIError", /^MPIError\./, "ErrorCode"]],
  ["Types", ["Comparison", "NumericArray", "Sequence"]],
  ["Options", [/Options$/, /^MessageSelector$/, /(Options|Selector)\./]],
]; // prettier-ignore

const INTRODUCTION = `# API reference

Every public name, from the docstrings; made by \`npm run docs\`, which also writes the long form with all parameters
and examples into \`docs/api/\`. \`{ a, b }?\` stands for an object of options, all of them optional.
`;

/** The page, as it should be. */
export function renderReference(): string {
  const left = [...readDeclarations(resolve(ROOT, "dist/tsmpi.d.ts")).values()].filter(
    ({ foreign, name }) => !foreign && name !== "ERRORS",
  );
  const chapters = CHAPTERS.map(([title, patterns]) => {
    const chosen = patterns.flatMap((pattern) => left.filter(({ name }) => fits(name, pattern)));
    const entries = [...new Set(chosen)];
    for (const entry of entries) left.splice(left.indexOf(entry), 1);
    return `## ${title}\n\n${entries.map(renderEntry).join("\n")}\n`;
  });
  const forgotten = left.filter(({ name }) => !name.startsWith("CartCommunicator."));
  if (forgotten.length > 0) throw new Error(`no chapter has ${forgotten.map(({ name }) => name).join(", ")}`);
  return `${INTRODUCTION}\n${chapters.join("\n")}`;
}

function fits(name: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? name === pattern : pattern.test(name);
}

/** One item: the signature, the first paragraph, what it returns, its errors, its place in MPI. */
function renderEntry({ name, text, docs, tags }: Declared): string {
  const signature = `${name.replace(/^Communicator\./, "")}${text}`
    .replace(/\s+/g, " ")
    .replace(/^(\S+) readonly:/, "readonly $1:");
  const parts = [paragraph(docs.split(/\n\s*\n/)[0]!)];
  for (const [tag, title] of [
    ["returns", "Gives"],
    ["throws", "Fails with"],
  ] as const) {
    if (tags.has(tag)) parts.push(`*${title}:* ${paragraph(tags.get(tag)!)}.`);
  }
  if (tags.has("see")) parts.push(`*${paragraph(tags.get("see")!)}.*`);
  return `- \`${signature}\`\\\n  ${parts.join("\\\n  ")}`;
}

function paragraph(text: string): string {
  return text
    .replace(/\{@link\s+([^}]+)\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, renderReference());
