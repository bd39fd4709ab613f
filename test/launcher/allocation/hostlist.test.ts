/** `--host`, Slurm's variables and hostfiles share this grammar; Slurm itself is the oracle. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { compressHosts } from "@tsmpi/launcher/allocation/compress";
import { expandCounts } from "@tsmpi/launcher/allocation/counts";
import { expandHostList } from "@tsmpi/launcher/allocation/hostlist";
import { randomHostList, randomNumbers, withSlurm } from "../../support/hostlists.js";
import { FIXTURES } from "../../support/paths.js";

/** 100 000 take a minute, nearly all of it in scontrol. */
const LISTS = Number(process.env["TSMPI_FUZZ"] ?? 2000);
const BATCH = 2000;

const source = (text: string) => ({ name: "LIST", text, exitCode: 1 });
const expand = (text: string) => expandHostList(source(text));
const refuses = (t: Test, text: string, message: RegExp) =>
  t.throws(() => expand(text), { name: "LaunchProblem", exitCode: 1, message }, text);

t.test("a list is expanded as Slurm did when the corpus was made", async (t) => {
  const lines = readFileSync(join(FIXTURES, "hostlists.txt"), "utf8").trim().split("\n");
  t.ok(lines.length >= 300);
  for (const line of lines) {
    const [list = "", hosts] = line.split("\t");
    t.equal(expand(list).join(" "), hosts, list);
  }
});

t.test(`${LISTS} random lists are expanded as Slurm expands them`, async (t) => {
  const compared = withSlurm((slurm) => {
    const random = randomNumbers(Number(process.env["TSMPI_FUZZ_SEED"] ?? 1));
    for (let done = 0; done < LISTS; done += BATCH) {
      const lists = Array.from({ length: Math.min(BATCH, LISTS - done) }, () => randomHostList(random));
      const answers = slurm(lists);
      if (answers.length !== lists.length) throw new Error("scontrol did not answer every question");
      const wrong = lists.filter((list, index) => expand(list).join() !== answers[index]!.join());
      t.same(wrong, []);
    }
    return LISTS;
  });
  if (compared === undefined) t.pass("Slurm is not installed here; the corpus serves");
});

t.test("a suffix behind the last bracket belongs to every host", async (t) => {
  const random = randomNumbers(2);
  for (let round = 0; round < 300; round++) {
    const item = randomHostList(random).split(/,(?![^[]*\])/)[0]!;
    t.same(
      expand(`${item}-ib`),
      expand(item).map((host) => `${host}-ib`),
      item,
    );
  }
});

t.test("white space separates as commas do, and separators may be repeated", async (t) => {
  t.same(expand(" a,b c\td\n,,e, "), ["a", "b", "c", "d", "e"]);
  t.same(expand(""), []);
});

t.test("numbers keep the width of the first one, and grow out of it", async (t) => {
  t.same(expand("n[008-11,98-101]"), ["n008", "n009", "n010", "n011", "n98", "n99", "n100", "n101"]);
  t.same(expand("n[123456789012345678-123456789012345679]").length, 2);
});

t.test("what is no list is an error that names column and expectation", async (t) => {
  refuses(t, "a[3-1]", /^LIST, column 3 of "a\[3-1\]": 3-1 runs backwards: expected 1-3$/);
  refuses(t, "a[1--3]", /column 5 .*expected a number, found "-3"/);
  refuses(t, "a[1-3", /column 6 .*expected "\]" for the bracket in column 2, found the end/);
  refuses(t, "a[", /column 3 .*expected a number or a range, found the end/);
  refuses(t, "a[]", /column 3 .*expected a number or a range, found "\]"/);
  refuses(t, "a[1,]", /column 5 .*expected a number or a range/);
  refuses(t, "a[1, 2]", /column 5 .*expected a number or a range, found " "/);
  refuses(t, "a[[1]]", /column 3 /);
  refuses(t, "a]", /column 2 .*expected a host name, a comma or the end, found "]"/);
  refuses(t, "a;b", /column 2 .*found ";"/);
  refuses(t, "-oProxyCommand=x", /column 1 .*does not begin with -/);
});

t.test("more than 65536 hosts are refused before they are made", async (t) => {
  t.equal(expand("a[0-65535]").length, 65_536);
  refuses(t, "a[0-65536]", /column 1 .*more than 65536 hosts/);
  refuses(t, "a[0-65535],b", /column 12 .*more than 65536 hosts/);
  refuses(t, "a[0-999]b[0-999]c[0-999]", /more than 65536/);
  refuses(t, "a[0-99999999999999999999999]", /more than 65536/);
});

t.test("hosts are written in ranges that mean the same hosts in the same order", async (t) => {
  t.equal(
    compressHosts(["login", "n08", "n09", "n10", "n12", "m1-ib", "m2-ib", "n9"]),
    "login, n[08-10,12], m[1-2]-ib, n9",
  );
  const random = randomNumbers(3);
  for (let round = 0; round < 300; round++) {
    const hosts = expand(randomHostList(random));
    t.same(expand(compressHosts(hosts)), hosts, hosts.join());
  }
});

t.test("counts with repetitions stand for one number a host", async (t) => {
  t.same(expandCounts(source("2(x3),1"), 4), [2, 2, 2, 1]);
  t.same(expandCounts(source("16"), 1), [16]);
  const refuses = (text: string, hosts: number, message: RegExp) =>
    t.throws(() => expandCounts(source(text), hosts), { name: "LaunchProblem", message }, text);
  refuses("2(x3)", 2, /column 1 .*more numbers than hosts, of which there are 2/);
  refuses("2(x999999999)", 2, /more numbers than hosts/);
  refuses("2", 2, /expected 2 numbers, one for each host, found 1/);
  refuses("2(x", 1, /column 2 .*expected a comma or the end, found "\("/);
  refuses("2,,3", 3, /column 3 .*expected a number as in 2\(x3\),1, found ","/);
  refuses("two", 1, /column 1 .*found "two"/);
});
