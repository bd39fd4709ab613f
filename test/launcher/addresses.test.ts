import t from "tap";
import type { NetworkInterfaceInfo } from "node:os";
import { candidates, ownAddresses } from "@tsmpi/launcher/network/addresses";

const at = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [at("127.0.0.1", true), at("::1", true)],
  docker0: [at("172.17.0.1")],
  eth0: [at("10.77.0.1"), at("fd00::1"), at("fe80::1")],
  ib0: [at("192.168.9.1")],
  odd: [at("127.0.1.1"), at("169.254.3.4")],
};

t.test("loopback and link-local addresses are never offered, bridges last, IPv4 first", async (t) => {
  t.same(ownAddresses(undefined, interfaces), ["10.77.0.1", "192.168.9.1", "fd00::1", "172.17.0.1"]);
});

t.test("--iface limits the addresses to an interface or a network", async (t) => {
  t.same(ownAddresses("ib0", interfaces), ["192.168.9.1"]);
  t.same(ownAddresses("10.77.0.0/16", interfaces), ["10.77.0.1"]);
  t.same(ownAddresses("10.77.0.1", interfaces), ["10.77.0.1"]);
  t.same(ownAddresses("fd00::/8", interfaces), ["fd00::1"]);
  t.same(ownAddresses("eth7", interfaces), []);
});

t.test("an address that both hosts have is not tried", async (t) => {
  t.same(candidates(["10.77.0.2", "172.17.0.1"], ["10.77.0.1", "172.17.0.1"]), ["10.77.0.2"]);
});

t.test("two names of one host reach each other over loopback", async (t) => {
  t.same(candidates(["10.77.0.1", "172.17.0.1"], ["10.77.0.1", "172.17.0.1"]), ["127.0.0.1"]);
});
