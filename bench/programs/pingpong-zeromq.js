// The same as pingpong.js on bare sockets: `node pingpong-zeromq.js ping|pong ENDPOINT`.
import { Dealer } from "zeromq";
import { median } from "../statistics.js";
import { SIZES, WARM_UP } from "./pingpong-sizes.js";

const [side, endpoint] = process.argv.slice(2);
const socket = new Dealer();
if (side === "pong") await socket.bind(endpoint);
else socket.connect(endpoint);

async function ping(message, exchanges) {
  for (let i = 0; i < exchanges; i++) {
    await socket.send(message);
    [message] = await socket.receive();
  }
}

async function pong(exchanges) {
  for (let i = 0; i < exchanges; i++) {
    const [message] = await socket.receive();
    await socket.send(message);
  }
}

const times = [];
for (const { bytes, exchanges, batches } of [WARM_UP, ...SIZES]) {
  const array = new Float64Array(bytes / 8).fill(Math.PI);
  const samples = [];
  for (let batch = 0; batch <= batches; batch++) {
    const started = performance.now();
    if (side === "ping") await ping(array, exchanges);
    else await pong(exchanges);
    if (batch > 0) samples.push(((performance.now() - started) * 1e3) / exchanges / 2);
  }
  times.push(median(samples));
}
// A process that ends while libzmq still sends a message it had received is aborted by zeromq.js 6.8.0
// ("Bad address"): pong stays until ping has everything.
if (side === "ping") {
  await socket.send("");
  console.log(JSON.stringify(times.slice(1)));
} else {
  await socket.receive();
}
