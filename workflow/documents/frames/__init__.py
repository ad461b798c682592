"""How a paper is laid out: `state` (Decree 30/2020/NĐ-CP, Annex I) and `party` (Guideline 36-HD/VPTW)."""
