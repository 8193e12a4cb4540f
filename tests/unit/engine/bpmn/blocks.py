"""What the random models have in common: how blocks one after the other, and blocks between two gateways, are drawn."""

from itertools import pairwise


def chained(world, blocks):
    """Blocks one after the other; where they are entered and left."""
    ends = [block.xml(world) for block in blocks]
    for (_, out), (into, _) in pairwise(ends):
        world.flow(f"{out}-{into}")
    return ends[0][0], ends[-1][1]


def between_gateways(world, name, kind, branches, picked):
    """Branches from one gateway to another; those that are `picked` are taken."""
    fork, join = f"f{name}", f"j{name}"
    world.add(world.draw.gate(fork, kind), world.draw.gate(join, kind))
    for number, branch in enumerate(branches):
        into, out = branch.xml(world)
        world.flow(f"{fork}-{into}" + ("" if kind == "parallel" else f" ${{{str(number in picked).lower()}}}"), f"{out}-{join}")
    return fork, join
