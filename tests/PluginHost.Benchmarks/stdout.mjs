// Node's side of the 10,000 lines: node stdout.mjs MODULE, after `brokers` has written the module.
import { WASI } from 'node:wasi';
import fs from 'node:fs';

const module = await WebAssembly.compile(fs.readFileSync(process.argv[2]));
const sink = fs.openSync('/dev/null', 'w');
const times = [];
for (let i = 0; i < 20; i++) {
  const wasi = new WASI({ version: 'preview1', args: ['program'], stdout: sink, returnOnExit: true });
  const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
  const start = process.hrtime.bigint();
  wasi.start(instance);
  if (i >= 5) times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
times.sort((a, b) => a - b);
console.log(`10,000 lines to standard output: ${times[7].toFixed(2)} ms`);
