import t from "tap";
import { normalizeWord, splitPrograms, splitWords } from "@tsmpi/cli/words";
import { suggest } from "@tsmpi/cli/suggest";
import { variables } from "@tsmpi/cli/variables";
import { mayColour } from "@tsmpi/cli/colour";

t.test("a lone colon separates programs, a colon inside a word does not", async (t) => {
  t.same(splitPrograms(["a", "x:y", ":", "b"]), [["a", "x:y"], ["b"]]);
});

t.test("-np and its kin mean one option, not several letters", async (t) => {
  const spelt = {
    "-np": "--np",
    "--np": "--np",
    "-np=4": "--np=4",
    "-n": "-n",
    "-ppn": "--ppn",
    "-wdir": "--wdir",
    "-l": "-l",
    "-machinefile": "--machinefile",
    "-hostfile=a=b": "--hostfile=a=b",
    "-host": "--host",
    "-hosts": "--hosts",
    "-map-by": "--map-by",
    "-env": "-env",
  };
  for (const [typed, meant] of Object.entries(spelt)) t.equal(normalizeWord(typed), meant);
});

t.test("a suggestion is made only for a word that is nearly right", async (t) => {
  t.equal(suggest("--tag-outptu", ["--timeout", "--tag-output"]), "--tag-output");
  t.equal(suggest("--hostname", ["--timeout", "--tag-output"]), undefined);
});

t.test("a command in one value is cut into words as a shell does, without expanding anything", async (t) => {
  t.same(splitWords("  docker exec -i  "), ["docker", "exec", "-i"]);
  t.same(splitWords(`a 'b c' "d \\"e\\" $F" g\\ h 'i'"j"k ''`), ["a", "b c", 'd "e" $F', "g h", "ijk", ""]);
  t.same(splitWords(""), []);
  for (const open of ["a 'b", 'a "b', "a\\"]) t.equal(splitWords(open), undefined, open);
});

t.test("-x sets a value, hands on a name, and expands a pattern", async (t) => {
  const launcher = { FOO_A: "1", FOO_B: "2", BAR: "3" };
  t.same(variables(["A=b=c", "BAR", "FOO_*", "EMPTY="], launcher), {
    A: "b=c",
    BAR: undefined,
    FOO_A: undefined,
    FOO_B: undefined,
    EMPTY: "",
  });
  t.throws(() => variables(["=x"], launcher), { message: /-x =x/ });
});

t.test("colour needs a terminal, unless the user says otherwise", async (t) => {
  t.equal(mayColour(true, {}), true);
  t.equal(mayColour(false, {}), false);
  t.equal(mayColour(true, { NO_COLOR: "1" }), false);
  t.equal(mayColour(false, { FORCE_COLOR: "1" }), true);
  t.equal(mayColour(true, { TERM: "dumb" }), false);
});
