"""DDPG: configuration, networks, memory, noise, update, loop, checkpoint, evaluation, export."""
