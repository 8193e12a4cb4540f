// Serves the topic "t" of the engine at argv[2] until it is told to stop: doubles a number, or fails as the variable "wanted" says.
import { Client, logger, Variables } from "camunda-external-task-client-js";

const client = new Client({
  baseUrl: process.argv[2],
  use: logger.level("error"),
  workerId: "js",
  maxTasks: 2,
  asyncResponseTimeout: 2000,
  interval: 50,
});

client.subscribe("t", { lockDuration: 10000 }, async ({ task, taskService }) => {
  const wanted = task.variables.get("wanted");
  if (wanted === "error") {
    await taskService.handleBpmnError(task, "E1", "as asked");
  } else if (wanted === "failure") {
    await taskService.handleFailure(task, { errorMessage: "broken", errorDetails: "at length", retries: 0, retryTimeout: 0 });
  } else {
    const outcome = new Variables();
    outcome.set("doubled", 2 * task.variables.get("amount"));
    outcome.setTyped("told", { type: "json", value: { names: JSON.parse(task.variables.get("names")) }, valueInfo: {} });
    outcome.set("when", new Date("2024-01-31T09:00:00Z"));
    const local = new Variables();
    local.set("only", "here");
    await taskService.extendLock(task, 20000);
    await taskService.complete(task, outcome, local);
  }
  console.log(`done ${wanted ?? "complete"}`);
});
console.log("ready");
