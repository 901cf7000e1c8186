"""Files in, values out: every fault is collected with its place before anything is built."""
