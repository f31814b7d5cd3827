// {{skill_id}}: one tool, with Extism's kit.
import { Host } from "@extism/as-pdk";

/** "Hello, <input>!" */
export function greet(): i32 {
  const answer = "Hello, " + Host.inputString() + "!";
  // Not Host.outputString: that of version 1.0.0 counts characters where bytes are meant.
  Host.output(Uint8Array.wrap(String.UTF8.encode(answer)));
  return 0;
}
