"""Pictures of procedures: states and the ways between them, as SVG, HTML, Mermaid or DOT; with a case, the way that it went.

The layout is our own (`layout`): of the libraries for Python, igraph is under the GPL, grandalf has stood still since 2023, and the
others are young, know no room for labels, or want a system package. The same inputs give the same bytes (law 9).
"""
