// Completes user tasks with bpmn-engine, its state kept as JSON in a file after each: `node peer.mjs MODULES DIAGRAM STATE COUNT`.
// Prints the CPU of each completion in milliseconds, as a list. Called by benchmarks/peers.py.
import { openSync, readFileSync, writeSync, fsyncSync, ftruncateSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, diagram, state, count] = process.argv.slice(2);
const { Engine } = createRequire(`${modules}/`)("bpmn-engine");
const source = readFileSync(diagram, "utf8");
const file = openSync(state, "w+");
const spent = [];

function keep(text) {
  ftruncateSync(file, 0);
  writeSync(file, text, 0);
  fsyncSync(file);
}

for (let number = 0; number < Number(count); number += 1) {
  const engine = Engine({ name: "small", source });
  await engine.execute();
  let text = JSON.stringify(await engine.getState());
  await engine.stop();
  for (let step = 0; step < 3; step += 1) {
    const begun = process.cpuUsage();
    const recovered = Engine({ name: "small" }).recover(JSON.parse(text));
    const execution = await recovered.resume();
    const [task] = execution.getPostponed().filter((each) => each.type === "bpmn:UserTask");
    task.signal({ answer: 1 });
    text = JSON.stringify(await recovered.getState());
    keep(text);
    const { user, system } = process.cpuUsage(begun);
    spent.push((user + system) / 1000);
    if (execution.state === "running") await recovered.stop();
    else if (step < 2 || execution.state !== "idle") throw new Error(`${execution.state} after task ${step + 1}`);
  }
}
console.log(JSON.stringify(spent));
