// Runs CPython or CRuby in Node's WASI, as ProgramsCommand.cs does in the engine.
// usage: node programs.mjs python MODULE ROOT SCRIPT | node programs.mjs ruby MODULE SCRIPT
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [kind, file, ...rest] = process.argv.slice(2);
const python = kind === "python";
const wasi = new WASI({
  version: "preview1",
  args: python ? ["python", rest[1]] : ["ruby"],
  env: python ? { PYTHONHOME: "/", PYTHONPATH: "/lib/python312.zip" } : {},
  preopens: python ? { "/": rest[0] } : {},
});
const module = await WebAssembly.compile(readFileSync(file));
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
for (const { module: name, name: item, kind: what } of WebAssembly.Module.imports(module)) {
  if (name !== "wasi_snapshot_preview1" && what === "function") {
    (imports[name] ??= {})[item] = name === "canonical_abi" ? (value) => value : () => { throw new Error(`${name}.${item} was called`); };
  }
}
const { exports } = await WebAssembly.instantiate(module, imports);
if (python) {
  process.exitCode = wasi.start({ exports });
} else {
  wasi.initialize({ exports });
  const string = (text) => {
    const bytes = new TextEncoder().encode(text);
    const at = exports.cabi_realloc(0, 0, 1, bytes.length);
    new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  };
  const list = ["ruby\0", "--disable-gems\0", "-EUTF-8\0", "-e_=0\0"].map(string);
  const at = exports.cabi_realloc(0, 0, 4, 8 * list.length);
  new Uint32Array(exports.memory.buffer, at, 2 * list.length).set(list.flat());
  exports["ruby-init: func(args: list<string>) -> ()"](at, list.length);
  const result = exports["rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"](...string(readFileSync(rest[0], "utf8")));
  process.exitCode = new Int32Array(exports.memory.buffer, result, 2)[1];
}
