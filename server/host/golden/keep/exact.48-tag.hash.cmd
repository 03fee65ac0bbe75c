zfs
snapshot
k/x@a#b
