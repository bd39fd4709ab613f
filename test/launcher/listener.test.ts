import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { newKeys } from "@tsmpi/launcher/network/keys";
import { openListener } from "@tsmpi/launcher/network/listener";
import { curveKeyPair } from "zeromq";

t.test("every listener has a port of its own", async (t) => {
  const listeners = await Promise.all(Array.from({ length: 20 }, () => openListener("127.0.0.1")));
  t.equal(new Set(listeners.map(({ port }) => port)).size, 20);
  for (const listener of listeners) listener.close();
});

t.test("who connects before the rank has been started is turned away", async (t) => {
  const listener = await openListener("127.0.0.1");
  const socket = connect(listener.port, "127.0.0.1");
  const [hadError] = (await once(socket, "close")) as [boolean];
  t.equal(hadError, false);
  listener.close();
});

t.test("after that the kernel keeps connections for the rank, however late it looks", async (t) => {
  const listener = await openListener("127.0.0.1");
  const script = `
    process.stdin.once("data", () => {
      require("node:net").createServer((socket) => socket.end("welcome")).listen({ fd: 3 });
    });`;
  const child = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", process.execPath, "-e", script], {
    stdio: ["pipe", "inherit", "inherit", listener.fd],
  });
  listener.close();
  const socket = connect(listener.port, "127.0.0.1").setEncoding("utf8");
  await once(socket, "connect");
  child.stdin!.write("look");
  const [text] = (await once(socket, "data")) as [string];
  t.equal(text, "welcome");
  child.kill();
  await once(child, "exit");
});

t.test("an address that is not of this host is an error", async (t) => {
  await t.rejects(openListener("192.0.2.1"), { code: "EADDRNOTAVAIL" });
});

t.test("keys look like ZeroMQ's own, and each is new", async (t) => {
  const [ours, others, theirs] = [newKeys(), newKeys(), curveKeyPair()];
  t.same(Object.keys(ours).sort(), Object.keys(theirs).sort());
  for (const key of Object.values(ours)) t.equal(key.length, theirs.publicKey.length);
  t.not(ours.secretKey, others.secretKey);
});
