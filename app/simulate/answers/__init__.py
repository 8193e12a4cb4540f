"""What simulated people do with each kind of task: one function per task, found by the element's id. Each returns True when it acted."""
