const LONGEST = 40;

/** A value as it stands in a program, for messages: text in quotes, so that "0" is not taken for 0. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case "string":
      return shorten(JSON.stringify(value));
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : quoteObject(value);
    default:
      return String(value);
  }
}

function quoteObject(value: object): string {
  const { combine, name } = value as { combine?: unknown; name?: unknown };
  if (typeof combine === "function" && typeof name === "string") return `the operation ${name}`;
  if (Array.isArray(value)) return shorten(`[${value.map(quotePart).join(", ")}]`);
  const className = (value.constructor as { name?: string } | undefined)?.name ?? "Object";
  if (className !== "Object") return /^[AEIOU]/.test(className) ? `an ${className}` : `a ${className}`;
  const fields = Object.entries(value).map(([key, part]) => `${key}: ${quotePart(part)}`);
  return shorten(fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`);
}

function quotePart(value: unknown): string {
  return typeof value === "object" && value !== null ? "…" : quote(value);
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
