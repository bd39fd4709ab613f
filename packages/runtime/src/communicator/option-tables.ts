import { OptionNames } from "../option-names.js";

/** A status says where a message is from, and so can be passed where one is chosen. */
const STATUS = ["bytes", "cancelled"] as const;
const WAIT = ["signal", "timeout"] as const;

/** Options of all calls that have any. */
export const OPTIONS = {
  send: new OptionNames("send(data, dest, ", "tag", ...WAIT),
  isend: new OptionNames("isend(data, dest, ", "tag"),
  recv: new OptionNames("recv(", "source", "tag", "into", ...WAIT).besides(...STATUS),
  irecv: new OptionNames("irecv(", "source", "tag", "into").besides(...STATUS),
  sendrecv: new OptionNames("sendrecv(data, dest, ", "source", "sendtag", "recvtag", "into"),
  probe: new OptionNames("probe(", "source", "tag", ...WAIT).besides(...STATUS),
  iprobe: new OptionNames("iprobe(", "source", "tag").besides(...STATUS),
  messages: new OptionNames("messages(", "source", "tag").besides(...STATUS),
  message: new OptionNames("message.recv(", "into"),
  bcast: new OptionNames("bcast(data, ", "root"),
  scatter: new OptionNames("scatter(items, ", "root"),
  gather: new OptionNames("gather(item, ", "root"),
  reduce: new OptionNames("reduce(data, op, ", "root"),
  scatterv: new OptionNames("scatterv(array, ", "counts", "root"),
  gatherv: new OptionNames("gatherv(piece, ", "root"),
  split: new OptionNames("split(color, ", "key"),
  splitType: new OptionNames('splitType("shared", ', "key"),
  createGroup: new OptionNames("createGroup(group, ", "tag"),
  createCart: new OptionNames("createCart(dims, ", "periods", "reorder"),
} as const;
