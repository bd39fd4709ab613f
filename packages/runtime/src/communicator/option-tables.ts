import { OptionNames } from "../option-names.js";

const WAIT = ["signal", "timeout"] as const;

/** Options of all calls that have any. */
export const OPTIONS = {
  send: new OptionNames("send(data, dest, ", "tag", ...WAIT),
  isend: new OptionNames("isend(data, dest, ", "tag"),
  recv: new OptionNames("recv(", "source", "tag", "into", ...WAIT),
  irecv: new OptionNames("irecv(", "source", "tag", "into"),
  sendrecv: new OptionNames("sendrecv(data, dest, ", "source", "sendtag", "recvtag", "into"),
  probe: new OptionNames("probe(", "source", "tag", ...WAIT),
  iprobe: new OptionNames("iprobe(", "source", "tag"),
  messages: new OptionNames("messages(", "source", "tag"),
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
