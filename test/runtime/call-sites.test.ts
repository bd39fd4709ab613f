/** Where collectives were made that were over at once. */
import t from "tap";
import { CallSites } from "@tsmpi/runtime/testing";

t.test("the first call of a kind is recorded, however many there were before", async (t) => {
  const sites = new CallSites();
  const record = (signature: number) => sites.record(signature, record, true);
  for (let i = 0; i < 2000; i++) record(1);
  for (let signature = 2; signature < 40; signature++) {
    t.ok(record(signature), `of kind ${signature}`);
    t.match(sites.of(signature)?.place, /call-sites\.test/);
  }
  let recorded = 0;
  for (let i = 0; i < 1700; i++) if (record(1) !== undefined) recorded++;
  t.equal(recorded, 100, "of those like others one in seventeen is");
  for (let i = 0; i < 10_000; i++) record(1);
  recorded = 0;
  for (let i = 0; i < 2570; i++) if (record(1) !== undefined) recorded++;
  t.equal(recorded, 10, "and in a program that makes many, fewer");
});

t.test("of more kinds than are kept samples are recorded", async (t) => {
  const sites = new CallSites();
  const record = (signature: number) => sites.record(signature, record, false);
  let recorded = 0;
  for (let signature = 0; signature < 256 + 1700; signature++)
    if (record(signature) !== undefined) recorded++;
  t.equal(recorded, 356);
});
