import type { CallSite } from "../call-site.js";
import type { Endpoint } from "../endpoint/endpoint.js";

/** Where a call was made; if that has not been recorded, where those like it were. */
export function placeOf(endpoint: Endpoint, signature: number, site: CallSite | undefined): string {
  if (site !== undefined) return site.place;
  const place = endpoint.calls.sites.of(signature)?.place ?? "";
  return place === "" ? "" : `${place}, or by a call like it`;
}

/** The same as V8 writes it. */
export function frameOf(endpoint: Endpoint, signature: number, site: CallSite | undefined): string {
  return (site ?? endpoint.calls.sites.of(signature))?.frame ?? "";
}
