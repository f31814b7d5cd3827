// Times the kernels in this process's V8 and in PluginHost, metered and not, and prints the ratios.
// With a fourth argument also in Wasmtime, metered as ours: fuel and epochs.
// usage: node compare.mjs ARGUMENTS.json KERNELS.wasm PLUGINHOST.dll [WASMTIME_TIME.py]
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [list, wasm, cli, wasmtime] = process.argv.slice(2);
const rounds = 7;
const calls = JSON.parse(readFileSync(new URL(list, import.meta.url)));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const { instance } = await WebAssembly.instantiate(readFileSync(wasm));

function v8(name, argument) {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = process.hrtime.bigint();
    instance.exports[name](argument);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return median(times);
}

function ours(name, argument, flags) {
  const args = [cli, "wasm", "run", wasm, "--invoke", name, String(argument), "--repeat", String(rounds), "--json", ...flags];
  const report = JSON.parse(execFileSync("dotnet", args, { encoding: "utf8" }));
  return median(report.calls.map((call) => call.ms));
}

function peer(name, argument) {
  const report = JSON.parse(execFileSync("python3", [wasmtime, wasm, `${name}=${argument}`, "--fuel", "--epoch", "--repeat", String(rounds)], { encoding: "utf8" }));
  return median(report[name].ms.slice(1));
}

const product = [1, 1, 1];
for (const [name, argument] of Object.entries(calls)) {
  const base = v8(name, argument);
  const ratios = [[], ["--unmetered"]].map((flags) => ours(name, argument, flags) / base);
  if (wasmtime) {
    ratios.push((ratios[0] * base) / peer(name, argument));
  }
  ratios.forEach((ratio, i) => (product[i] *= ratio));
  console.log(`${name.padEnd(10)} V8 ${base.toFixed(1).padStart(7)} ms   metered ${ratios[0].toFixed(2)}   unmetered ${ratios[1].toFixed(2)}${wasmtime ? `   of Wasmtime ${ratios[2].toFixed(2)}` : ""}`);
}
const mean = product.map((p) => p ** (1 / Object.keys(calls).length));
console.log(`geometric mean       metered ${mean[0].toFixed(2)}   unmetered ${mean[1].toFixed(2)}${wasmtime ? `   of Wasmtime ${mean[2].toFixed(2)}` : ""}`);
