import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { discover } from "@tsmpi/launcher";
import { jobSpec } from "../../support/job.js";
import { ROOT } from "../../support/paths.js";

const FOLDER = join(ROOT, "hostfiles");
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

/** The allocation that a hostfile of this content makes. */
function hosts(content: string) {
  return discover(jobSpec({ hostfile: "hosts.txt" }), {}, () => content, "here");
}
/** Host and slots of each host. */
const slots = (content: string) => hosts(content).hosts.map(({ host, slots }) => [host, slots]);

t.test("Open MPI's form is understood, and each number's line is known", async (t) => {
  t.same(hosts(read("open-mpi.txt")), {
    kind: "hosts",
    hosts: [
      { host: "node01", slots: 4, slotsOrigin: "hosts.txt line 2" },
      { host: "node02", slots: 2, slotsOrigin: "hosts.txt lines 3, 6", maxSlots: 2 },
      { host: "node04", slots: 8, slotsOrigin: "hosts.txt line 7", maxSlots: 8 },
    ],
    sequence: ["node01", "node02", "node02", "node04"],
    origin: "hosts.txt",
    managed: true,
  });
});

t.test("Hydra's form is understood", async (t) => {
  t.same(slots(read("hydra.txt")), [
    ["node01", 4],
    ["node02", 2],
    ["node03", 1],
  ]);
});

t.test("ranges expand, and an excluded host is left out wherever it stands", async (t) => {
  t.same(slots(read("ranges.txt")), [
    ["login", 1],
    ...["node01", "node02", "node04", "node07"].map((host) => [host, 4]),
    ...["rack1n1-ib", "rack1n2-ib", "rack2n1-ib", "rack2n2-ib"].map((host) => [host, 2]),
  ]);
});

t.test("users and ports go with their hosts, and addresses are hosts", async (t) => {
  t.match(hosts(read("users.txt")).hosts, [
    { host: "node01", slots: 2, user: "anna" },
    { host: "node02", slots: 2, user: "ben", port: 2222 },
    { host: "2001:db8::7", slots: 3 },
    { host: "2001:db8::8", slots: 3 },
    { host: "10.0.0.9", slots: 2 },
  ]);
});

t.test("a number behind two colons is no address", async (t) => {
  t.throws(() => hosts("a:2:3"), { message: /line 1, column 4: expected a space or the end of the line/ });
});

t.test("the order of the lines is kept for ranks that follow it", async (t) => {
  const { sequence, hosts: counted } = hosts(read("sequence.txt"));
  t.same(sequence, ["node03", "node01", "node03", "node02"]);
  t.match(counted, [
    { host: "node03", slots: 2, slotsOrigin: "hosts.txt lines 1, 3 say no number" },
    { host: "node01", slots: 1, slotsOrigin: "hosts.txt line 2 says no number" },
    { host: "node02", slots: 1 },
  ]);
});

t.test("keys have aliases, cases and spaces", async (t) => {
  for (const key of ["slots", "SLOTS", "cpu", "count"]) t.same(slots(`a ${key}=3`), [["a", 3]], key);
  for (const key of ["max_slots", "max-slots", "slots_max", "slots-max"]) {
    t.match(hosts(`a slots=3 ${key} = 4`).hosts, [{ slots: 3, maxSlots: 4 }], key);
  }
});

t.test("foreign line ends and a byte order mark do no harm", async (t) => {
  t.same(slots("\uFEFFa slots=2\r\nb:3\r\n\r\n"), [
    ["a", 2],
    ["b", 3],
  ]);
  t.same(slots("a slots=2 # two\rb"), [
    ["a", 2],
    ["b", 1],
  ]);
});

t.test("every malformed sample is refused with the error in its first line", async (t) => {
  const files = readdirSync(join(FOLDER, "malformed"));
  t.ok(files.length > 20);
  for (const file of files) {
    const content = read(join("malformed", file));
    const expected = /^# error: (.*)$/m.exec(content)![1]!;
    try {
      hosts(content);
      t.fail(`${file} is accepted`);
    } catch (error) {
      const { message, exitCode } = error as { message: string; exitCode: number };
      t.match({ message, exitCode }, { message: expected, exitCode: 2 }, file);
      if (expected.startsWith("line")) t.match(message, `hosts.txt ${expected}`);
    }
  }
});

t.test("a hostfile that cannot be read is named with the reason", async (t) => {
  const missing = () => discover(jobSpec({ hostfile: join(FOLDER, "nowhere.txt") }), {});
  t.throws(missing, {
    message: /the hostfile .*nowhere.txt cannot be read: there is no such file/,
    exitCode: 2,
  });
  t.throws(() => discover(jobSpec({ hostfile: FOLDER }), {}), {
    message: /cannot be read: it is a directory; name a file in it$/,
  });
});
