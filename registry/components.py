"""Connected parts of a graph, for closures that are lawful.

Belongs here: labelling the parts. Does not belong here: deciding which edges may be followed; a chain of shared
addresses, phones or accounts never may.
"""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def label_components(nodes: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Return label, node: the connected parts of a graph, each labelled with its lowest node.

    Args:
        nodes: node (text), each once.
        edges: node, other_node; edges to unknown nodes are ignored.
    """
    numbered = nodes.select("node").sort("node").with_row_index("number")
    other = numbered.rename({"node": "other_node", "number": "other_number"})
    ends = edges.join(numbered, on="node").join(other, on="other_node")
    graph = coo_array(
        (np.ones(ends.height, dtype=np.int8), (ends["number"].to_numpy(), ends["other_number"].to_numpy())),
        shape=(numbered.height, numbered.height),
    )
    _, parts = connected_components(graph, directed=False)
    return numbered.select(pl.col("node").first().over(pl.Series("part", parts)).alias("label"), "node")
