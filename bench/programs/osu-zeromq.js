// osu_latency and osu_bw of osu.js for arrays on bare sockets: `osu-zeromq.js ping|pong ENDPOINT PLAN`. Ping decides how
// often, and says so before each batch.
import { Dealer } from "zeromq";

const BATCHES = 5;
const [side, endpoint, plan] = process.argv.slice(2);
const { rows, warmUp, sizeWarmUp, milliseconds } = JSON.parse(plan);
const socket = new Dealer({ sendHighWaterMark: 0, receiveHighWaterMark: 0 });
if (side === "pong") await socket.bind(endpoint);
else socket.connect(endpoint);

const windowOf = (bytes) => Math.max(2, Math.min(64, Math.floor(2 ** 24 / bytes)));

/** What each side does once, and how many messages of one way that is. */
const actions = {
  osu_latency: (message) => ({
    messages: 2,
    async ping() {
      await socket.send(message);
      await socket.receive();
    },
    async pong() {
      await socket.receive();
      await socket.send(message);
    },
  }),
  osu_bw(message) {
    const messages = windowOf(message.byteLength);
    return {
      messages,
      async ping() {
        for (let i = 0; i < messages; i++) await socket.send(message);
        await socket.receive();
      },
      async pong() {
        for (let i = 0; i < messages; i++) await socket.receive();
        await socket.send("");
      },
    };
  },
};

/** Milliseconds of `count` calls, on ping's side. */
async function batch({ ping }, count) {
  await socket.send(String(count));
  await socket.receive(); // pong is there
  const started = performance.now();
  for (let i = 0; i < count; i++) await ping();
  return performance.now() - started;
}

async function warm(action, time) {
  let [count, spent] = [1, 0];
  for (;;) {
    const elapsed = await batch(action, count);
    spent += elapsed;
    if (spent >= time) return elapsed / count;
    count = Math.ceil(Math.min(4 * count, ((time - spent) * count) / elapsed));
  }
}

async function measure(action, first) {
  if (first) await warm(action, 3 * warmUp);
  const count = Math.ceil(milliseconds / BATCHES / (await warm(action, sizeWarmUp)));
  const times = [];
  for (let i = 0; i < BATCHES; i++)
    times.push(((await batch(action, count)) * 1e3) / count / action.messages);
  await socket.send("0"); // the next size
  return times;
}

/** Does as ping says until that has enough of this size. */
async function follow({ pong }) {
  for (;;) {
    const count = Number((await socket.receive())[0].toString());
    if (count === 0) return;
    await socket.send("");
    for (let i = 0; i < count; i++) await pong();
  }
}

const results = {};
for (const { row, sizes } of rows) {
  results[row] = { array: [] };
  for (const [i, bytes] of sizes.array.entries()) {
    const action = actions[row](new Float64Array(bytes / 8).fill(Math.PI));
    if (side === "ping") results[row].array.push(await measure(action, i === 0));
    else await follow(action);
  }
}
// A process that ends while libzmq still sends a message it had received is aborted by zeromq.js 6.8.0: pong
// stays until ping has everything.
if (side === "ping") {
  await socket.send("");
  console.log(JSON.stringify(results));
} else {
  await socket.receive();
}
