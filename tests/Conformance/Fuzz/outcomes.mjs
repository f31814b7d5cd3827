// How outcomes are written, so that two engines can be compared.
const traps = [
  [/unreachable/, "unreachable"], [/memory access/, "memory"], [/table index|table access/, "table"], [/divide by zero|remainder by zero/, "zero"],
  [/unrepresentable/, "number"],
  [/null function|signature mismatch/, "callee"], [/call stack/, "stack"],
];

export function kind(error) {
  if (error instanceof RangeError) return "stack";
  return traps.find(([pattern]) => pattern.test(error.message))?.[1] ?? `other ${error.message}`;
}

export const bits = new DataView(new ArrayBuffer(8));
export function text(value) {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map(text).join(",");
  if (typeof value === "bigint") return BigInt.asIntN(64, value).toString();
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "nan";
    bits.setFloat64(0, value);
    return bits.getBigUint64(0).toString(16);
  }
  return value === null ? "null" : "reference";
}
