zfs
rename
k/e/r
k/e/r.x
