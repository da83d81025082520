"""Studies: what a hyperparameter does, measured over many seeds.

A study is a YAML file (:mod:`~ddpg_ros.learning.study.study`). Each of its trainings is kept in a file
of its own (:mod:`~ddpg_ros.learning.study.results`), several processes train at once
(:mod:`~ddpg_ros.learning.study.processes`), and what they found is told with its uncertainty
(:mod:`~ddpg_ros.learning.study.statistics`) as CSV and as a figure.
"""
