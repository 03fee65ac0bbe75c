zfs
clone
k/e/r.x@T
k/e/r
