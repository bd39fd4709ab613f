/** The public API is a contract: the declaration file that ships holds every name of it, typed and documented. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import t from "tap";
import { PROMISING } from "@tsmpi/runtime/testing";
import { ROOT } from "../support/paths.js";
import { readDeclarations, type Declared } from "./declarations.js";

/** Signatures by name, as in `"Communicator.send": "(data: unknown, dest: number, { tag, … }?): Promise<void>"`. */
const contract = JSON.parse(readFileSync(resolve(ROOT, "test/package/api-names.json"), "utf8")) as Readonly<
  Record<string, string>
>;
const declared = readDeclarations(resolve(ROOT, "dist/tsmpi.d.ts"));
const ours = [...declared.values()].filter(({ foreign }) => !foreign);

/** Calls without a counterpart in MPI. */
const NOT_IN_MPI = ["localRank", "localSize", "[Symbol.asyncDispose]"];
const isCall = ({ text }: Declared) => /^(<.*?>)?\(/.test(text);
const whole = ({ docs, tags }: Declared) => [docs, ...tags.values()].join("\n");

t.test("every name of the contract is declared, with its signature", async (t) => {
  t.ok(Object.keys(contract).length > 150, "the contract was found");
  for (const [name, signature] of Object.entries(contract)) {
    const found = declared.get(name);
    if (found === undefined) t.fail(`${name} is not declared`);
    else t.equal(found.text, signature, name);
  }
});

t.test("every name that is declared has a docstring", async (t) => {
  for (const { name, docs } of ours) t.match(docs, /\S{2,}.*\.|^As /, `${name}: "${docs}"`);
});

t.test("every call says which call of MPI it is", async (t) => {
  for (const declaration of ours.filter(isCall)) {
    const { name } = declaration;
    if (NOT_IN_MPI.includes(name.slice(name.indexOf(".") + 1))) continue;
    t.match(whole(declaration), /MPIX?_[A-Z]\w+|MPI 4\.1, \d/, name);
  }
});

t.test("every call that returns a promise says how it fails", async (t) => {
  for (const declaration of ours.filter((one) => isCall(one) && /: Promise<[^()]*$/.test(one.text))) {
    const { name, docs, tags } = declaration;
    t.match(tags.get("throws") ?? docs, /ERR_|\bas \{?@?|^As |[Nn]ever\s+throws|operation's error/, name);
  }
});

t.test("every promise of an operation is known to --check", async (t) => {
  const owners = /^(Communicator|CartCommunicator|Message)\.(\w+)$/;
  const promising = ours.filter(({ text }) => /\): Promise<[^()]*$/.test(text));
  const names = promising.flatMap(({ name }) => owners.exec(name)?.[2] ?? []);
  t.same([...new Set(names)].sort(), [...PROMISING].sort());
});

t.test("no public type is `any`", async (t) => {
  for (const { name, text } of ours) t.notMatch(text, /\bany\b/, name);
});
