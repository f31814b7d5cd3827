// Mutants of a real module: copies with a few bytes of their code changed, through V8. Called by the script beside it.
//   node mutants.mjs make FOLDER COUNT SEED MODULE
//   node mutants.mjs run FOLDER          a line for each outcome, as the verb `mutants` prints it
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { kind, text } from "./outcomes.mjs";

/** Milliseconds for a mutant; one that needs longer is left out on both sides. */
const patience = 1000;

function numbers(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** A number in LEB128, and where it ends. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** Where the content of the code section stands. */
function code(bytes) {
  for (let at = 8; ; ) {
    const [size, start] = leb(bytes, at + 1);
    if (bytes[at] === 10) return [start, size];
    at = start + size;
  }
}

function make(folder, count, seed, original) {
  const next = numbers(seed);
  const [start, size] = code(original);
  for (let i = 0; i < count; i++) {
    const bytes = Buffer.from(original);
    for (let n = 1 + next(2); n > 0; n--) {
      const at = start + next(size);
      const changes = [next(256), bytes[at] ^ (1 << next(7)), 0x45 + next(0x7f), bytes[start + next(size)]];
      bytes[at] = changes[next(changes.length)];
    }
    writeFileSync(join(folder, `${String(seed + i).padStart(6, "0")}.wasm`), bytes);
  }
}

/** In a worker: every exported function that takes plain numbers is called with threes. */
function outcomes(name, bytes) {
  const lines = [`${name} valid`];
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  for (const [item, target] of Object.entries(instance.exports)) {
    if (typeof target !== "function") continue;
    try {
      lines.push(`${name} ${item} ${text(target(...Array(target.length).fill(3)))}`);
    } catch (error) {
      if (error instanceof TypeError) continue;
      lines.push(`${name} ${item} trap ${kind(error)}`);
      if (kind(error) === "stack") return lines;
    }
  }
  lines.push(`${name} memory ${createHash("sha256").update(new Uint8Array(instance.exports.memory.buffer)).digest("hex")}`);
  return lines;
}

function attempt(name, bytes) {
  return new Promise((resolve) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { name, bytes } });
    const timer = setTimeout(() => { worker.terminate(); resolve([`${name} slow`]); }, patience);
    worker.once("message", (lines) => { clearTimeout(timer); worker.terminate(); resolve(lines); });
    worker.once("error", (error) => { clearTimeout(timer); resolve([`${name} start ${kind(error)}`]); });
  });
}

if (isMainThread) {
  const [verb, folder, ...rest] = process.argv.slice(2);
  if (verb === "make") {
    make(folder, Number(rest[0]), Number(rest[1]), readFileSync(rest[2]));
  } else {
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".wasm")).sort()) {
      const bytes = readFileSync(join(folder, name));
      const lines = WebAssembly.validate(bytes) ? await attempt(name, bytes) : [`${name} invalid`];
      console.log(lines.join("\n"));
    }
  }
} else {
  parentPort.postMessage(outcomes(workerData.name, workerData.bytes));
}
