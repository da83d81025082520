"""Studies: what a hyperparameter does, measured over many seeds.

A study is a YAML file (:mod:`.study_file`). Each of its trainings is kept in a file of its own
(:mod:`.results`), several processes train at once (:mod:`.processes`), and what they found is told
with its uncertainty (:mod:`.statistics`) as CSV (:mod:`.tables`) and as a figure (:mod:`.figure`).
"""
