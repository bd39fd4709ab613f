import { mkdtempSync, rmSync, statSync } from "node:fs";
import t, { type Test } from "tap";
import {
  keysPath,
  peersPath,
  readKeys,
  readPeers,
  remoteEndpoint,
  writeKeys,
  writePeers,
} from "@tsmpi/protocol";

function jobDirectory(t: Test): string {
  const path = mkdtempSync("/tmp/tsmpitest-");
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
const keys = { publicKey: "p".repeat(40), secretKey: "s".repeat(40) };

t.test("ranks read the peers and keys that their agent wrote", async (t) => {
  const directory = jobDirectory(t);
  const peers = { hosts: ["", "10.77.0.2"], ports: [0, 40001] };
  writePeers(directory, peers);
  writeKeys(directory, keys);
  t.same(readPeers(directory), peers);
  t.same(readKeys(directory), keys);
});

t.test("nobody else may read them", async (t) => {
  const directory = jobDirectory(t);
  writePeers(directory, { hosts: [], ports: [] });
  writeKeys(directory, keys);
  for (const path of [peersPath(directory), keysPath(directory)]) {
    t.equal(statSync(path).mode & 0o777, 0o600, path);
  }
});

t.test("a file that is there already is not used", async (t) => {
  const directory = jobDirectory(t);
  writeKeys(directory, undefined);
  t.throws(() => writeKeys(directory, keys), { code: "EEXIST" });
});

t.test("without encryption there are no keys, and a missing file is not that", async (t) => {
  const directory = jobDirectory(t);
  t.throws(() => readKeys(directory), { code: "ENOENT" });
  writeKeys(directory, undefined);
  t.equal(readKeys(directory), undefined);
});

t.test("an endpoint is the address of the rank's host and the rank's own port", async (t) => {
  const peers = { hosts: ["", "10.77.0.2", "fd00::3"], ports: [0, 40001, 40002] };
  t.equal(remoteEndpoint(peers, [0, 1, 2], 1), "tcp://10.77.0.2:40001");
  t.equal(remoteEndpoint(peers, [0, 1, 2], 2), "tcp://[fd00::3]:40002");
});
