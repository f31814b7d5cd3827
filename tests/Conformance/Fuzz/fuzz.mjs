// Differential fuzzing: the same generated modules through V8 and through PluginHost.Wasm. Called by the script beside it.
//   node fuzz.mjs inputs FOLDER COUNT SEED     writes random bytes for a generator of modules
//   node fuzz.mjs run FOLDER                   runs every module in V8; a line for each outcome
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { bits, kind, text } from "./outcomes.mjs";

function random(seed) {
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  return () => {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    return Number(state & 0xffn);
  };
}

// Half a vector. Which NaN a vector instruction makes is left open, of f64 (whose high half is a NaN of f32 too) and of f32.
function half(value) {
  bits.setBigInt64(0, value);
  if (Number.isNaN(bits.getFloat32(0))) return "nan";
  return Number.isNaN(bits.getFloat32(4)) ? `nan after ${bits.getInt32(0)}` : text(value);
}

// JavaScript cannot take a vector: this module takes it apart.
const splitter = new WebAssembly.Module(readFileSync(new URL("./log-v128.wasm", import.meta.url)));

function run(name, bytes) {
  const lines = [];
  const log = (...values) => { lines.push(`${name} log ${values.map(text).join(",")}`); };
  const vector = new WebAssembly.Instance(splitter, { log: { halves: (low, high) => { lines.push(`${name} log ${half(low)},${half(high)}`); } } }).exports.log;
  let instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      "fuzzing-support": { "log-i32": log, "log-i64": log, "log-f32": log, "log-f64": log, "log-v128": vector },
    });
  } catch (error) {
    return [`${name} start ${error instanceof WebAssembly.CompileError ? "invalid" : kind(error)}`];
  }
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).filter((item) => item.kind === "function");
  for (const { name: item } of exports) {
    const target = instance.exports[item];
    if (target.length > 0) continue;
    instance.exports.hangLimitInitializer?.();
    try {
      lines.push(`${name} ${item} ${text(target())}`);
    } catch (error) {
      const trap = error instanceof TypeError ? "vector" : kind(error);
      lines.push(`${name} ${item} trap ${trap}`);
      if (trap === "stack") return lines;
    }
  }
  const memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
  if (memory) lines.push(`${name} memory ${createHash("sha256").update(new Uint8Array(memory.buffer)).digest("hex")}`);
  return lines;
}

const [verb, folder, count, seed] = process.argv.slice(2);
if (verb === "inputs") {
  for (let i = 0; i < Number(count); i++) {
    const next = random(Number(seed) + i + 1);
    const size = 200 + (next() * 256 + next()) % 6000;
    writeFileSync(join(folder, `${Number(seed) + i}.input`), Uint8Array.from({ length: size }, next));
  }
} else {
  for (const file of readdirSync(folder).filter((file) => file.endsWith(".wasm")).sort()) {
    process.stdout.write(run(file, readFileSync(join(folder, file))).map((line) => line + "\n").join(""));
  }
}
